from dbos import DBOS
from dbos import Debouncer


@DBOS.workflow()
def process_user_input(user_id: str, final_input: str) -> str:
    return f"Processing: {final_input}"


debouncer = Debouncer.create(process_user_input)


def on_user_keystroke(user_id: str, current_input: str):
    debouncer.debounce(user_id, 60, current_input)
