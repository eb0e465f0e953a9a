from __future__ import annotations

import shlex
from dataclasses import dataclass
from functools import cached_property
from importlib import resources

import docker
import git
import paramiko
from dbos import DBOS
from kubernetes import client, config


@dataclass(frozen=True)
class Target:
    host: str
    image: str

    @property
    def command(self) -> str:
        return f"docker run {shlex.quote(self.image)}"


class Cluster:
    def __init__(self, namespace: str) -> None:
        self.namespace = namespace

    @cached_property
    def api(self) -> client.AppsV1Api:
        config.load_kube_config()  # flags: DBS203
        return client.AppsV1Api()

    def scale(self, name: str, replicas: int) -> None:
        body = {"spec": {"replicas": replicas}}
        self.api.patch_namespaced_deployment_scale(name, self.namespace, body)  # flags: DBS202

    def key(self, name: str) -> str:
        return f"{self.namespace}/{name}"


def template() -> str:
    return resources.files("deploys").joinpath("job.yaml").read_text()  # flags: DBS203


def run_remotely(target: Target) -> str:
    with paramiko.SSHClient() as ssh:
        ssh.connect(target.host)  # flags: DBS202
        _, out, _ = ssh.exec_command(target.command)  # flags: DBS202
        return out.read().decode()


@DBOS.step()
def build(path: str) -> str:
    image, _ = docker.from_env().images.build(path=path)
    return str(image.id)


@DBOS.step()
def start(host: str, image: str) -> str:
    return run_remotely(Target(host, image))


@DBOS.workflow()
def deploy(path: str, hosts: list[str]) -> list[str]:
    image = build(path)
    return [start(host, image) for host in hosts]


@DBOS.workflow()
def deploy_head(path: str, host: str) -> str:
    commit = git.Repo(path).head.commit.hexsha  # flags: DBS204
    cluster = Cluster("shop")
    cluster.scale(cluster.key("web"), 2)
    return run_remotely(Target(host, commit)) + template()
