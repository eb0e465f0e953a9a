

@main.group()
def schedule() -> None:
    """Look at schedules."""


@schedule.command("list")
@database_options
@click.option("--json", "as_json", is_flag=True, help="JSON for scripts.")
@reported
def schedule_list(url: str | None, schema: str, name: str | None, as_json: bool) -> None:
    """List the cron schedules that processes have announced."""
    from dbos.system import schedules

    with _opened(url, schema, name) as system:
        found = system.read(schedules.read_schedules())
    _show(found, ("workflow_name", "schedule", "cron_timezone", "last_fired_at"), as_json)
