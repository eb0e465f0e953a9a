"""How values are written when a program asks for another form than the runtime's own.

In: a value, and what was asked for: ``WorkflowSerializationFormat`` or a ``Serializer``. Out:
``Encoded`` payloads. Never opens a payload with anything but the codec it is marked with, and a
``Serializer`` only opens payloads in a process that was configured with it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dbos.error import DBOSException, DBOSInitializationError, DBOSSerializationError
from dbos.values import portable, serialize
from dbos.values.serialize import Encoded


class WorkflowSerializationFormat(StrEnum):
    """What a value is stored as. ``DEFAULT``: as its workflow is."""

    PORTABLE = "portable"
    NATIVE = "native"
    DEFAULT = "None"


class Serializer(ABC):
    """A codec of the program's own, given as ``serializer`` in the configuration."""

    @abstractmethod
    def serialize(self, data: Any) -> str:
        """The text of a value."""

    @abstractmethod
    def deserialize(self, serialized_data: str) -> Any:
        """The value of such a text."""

    @abstractmethod
    def name(self) -> str:
        """The name that marks what this codec has written."""


class DBOSPortableJSONSerializer(Serializer):
    """Plain JSON, as other languages and SQL read and write it; types of Python get lost."""

    def serialize(self, data: Any) -> str:
        """The JSON text. Raises ``DBOSNotPortableError``, a ``TypeError``, for what JSON lacks."""
        return portable.text_of(data, "value")

    def deserialize(self, serialized_data: str) -> Any:
        """The value of a JSON text."""
        return portable.value_of(serialized_data)

    def name(self) -> str:
        """The name that marks portable payloads."""
        return portable.NAME


@dataclass(frozen=True, slots=True)
class Writing:
    """How one process writes values: as the runtime does, or with a codec of the program."""

    allow_pickle: bool = True
    serializer: Serializer | None = None

    def encode(
        self, value: object, *, what: str, asked: object = None, portable_default: bool = False
    ) -> Encoded:
        """Encode a value in the form that was ``asked`` for.

        Raises ``DBOSSerializationError`` with the path to what that form cannot express.
        """
        if is_portable(asked, portable_default) or isinstance(
            self.serializer, DBOSPortableJSONSerializer
        ):
            return Encoded(portable.text_of(value, what), portable.NAME)
        if self.serializer is not None:
            return _written(self.serializer, value, what)
        return serialize.encode(value, what=what, allow_pickle=self.allow_pickle)

    def encode_error(
        self, error: BaseException, *, is_portable: bool
    ) -> tuple[Encoded, BaseException]:
        """Encode an exception; answers it together with the exception that replay will raise.

        A serializer of the program gets none to see: exceptions are what JSON codecs lack.
        """
        if is_portable:
            text = portable.error_text(error)
            return Encoded(text, portable.NAME), portable.error_of(text)
        return serialize.encode_error(error, allow_pickle=self.allow_pickle)

    def encode_inputs(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], *, asked: object = None
    ) -> Encoded:
        """Encode the arguments of a workflow."""
        if is_portable(asked, False) or isinstance(self.serializer, DBOSPortableJSONSerializer):
            return Encoded(portable.inputs_text(args, kwargs), portable.NAME)
        return self.encode({"args": args, "kwargs": kwargs}, what="inputs")


def _written(serializer: Serializer, value: object, what: str) -> Encoded:
    try:
        text = serializer.serialize(value)
    except Exception as error:
        raise DBOSSerializationError(what, f"{serializer.name()} refuses it: {error}") from error
    if not isinstance(text, str):
        told = type(text).__name__
        raise DBOSSerializationError(what, f"{serializer.name()} answered {told}, not text")
    return Encoded(text, serializer.name())


def asked_format(given: object) -> WorkflowSerializationFormat:
    """What a ``serialization_type`` asks for. Raises ``DBOSException`` for no such thing."""
    if given is None:
        return WorkflowSerializationFormat.DEFAULT
    try:
        return WorkflowSerializationFormat(str(given))
    except ValueError:
        raise DBOSException(
            f"serialization_type must be a WorkflowSerializationFormat, not {given!r}"
        ) from None


def is_portable(asked: object, default: bool) -> bool:
    """Whether a value shall be portable. Raises ``DBOSException`` for no form at all."""
    form = asked_format(asked)
    if form is WorkflowSerializationFormat.DEFAULT:
        return default
    return form is WorkflowSerializationFormat.PORTABLE


def configured(given: object) -> Serializer | None:
    """The ``serializer`` of a configuration, entered so that its payloads can be read.

    Raises ``DBOSInitializationError`` for anything that is none or has a name that is taken.
    """
    if given is None:
        return None
    if not isinstance(given, Serializer):
        raise DBOSInitializationError(
            f"serializer must be a dbos.Serializer, not {type(given).__name__}"
        )
    if isinstance(given, DBOSPortableJSONSerializer):
        return given
    name = given.name()
    if not isinstance(name, str) or not name.strip():
        raise DBOSInitializationError(f"A serializer needs a text as its name, not {name!r}")
    if name in (serialize.JSON, serialize.PICKLE, portable.NAME):
        raise DBOSInitializationError(
            f"A serializer must not be named {name!r}: payloads of the runtime's own are"
        )
    serialize.enter(name, given.deserialize)
    return given
