-- aside.BLOCK
UPDATE workflow_status SET error=:error, output_serialization=:serialization, owner_xid=:blocked_owner, updated_at=:now WHERE workflow_status.workflow_uuid = :workflow_uuid AND workflow_status.owner_xid = :owner AND workflow_status.status = 'PENDING'

-- aside.GIVE_UP
UPDATE workflow_status SET owner_xid=NULL, recovery_attempts=(workflow_status.recovery_attempts - 1), executions=(workflow_status.executions - 1), updated_at=:now WHERE workflow_status.workflow_uuid = :workflow_uuid AND workflow_status.owner_xid = :owner AND workflow_status.status = 'PENDING'

-- aside.PARK
UPDATE workflow_status SET status='MAX_RECOVERY_ATTEMPTS_EXCEEDED', queue_name=NULL, deduplication_id=NULL, updated_at=:now WHERE workflow_status.workflow_uuid = :workflow_uuid AND workflow_status.owner_xid = :owner AND workflow_status.status = 'PENDING'

-- awaited.AWAITED
SELECT 'queue' AS kind, queue, '', '' 
FROM unnest(:queues) AS queue 
WHERE EXISTS (SELECT * 
FROM workflow_status 
WHERE workflow_status.queue_name = queue AND (workflow_status.status = 'ENQUEUED' OR workflow_status.status = 'DELAYED' AND workflow_status.delay_until_epoch_ms <= :now)) UNION ALL SELECT 'workflow' AS kind, workflow_status.workflow_uuid, '', '' 
FROM workflow_status 
WHERE workflow_status.workflow_uuid IN (SELECT anon_1.value 
FROM json_each(:workflows) AS anon_1) AND ((workflow_status.status NOT IN ('PENDING', 'ENQUEUED', 'DELAYED')) OR workflow_status.owner_xid LIKE '%/blocked') UNION ALL SELECT 'message' AS kind, notifications.destination_uuid, notifications.topic, '' 
FROM notifications 
WHERE notifications.consumed = 0 AND notifications.destination_uuid IN (SELECT anon_2.value 
FROM json_each(:receivers) AS anon_2) UNION ALL SELECT 'event' AS kind, workflow_events.workflow_uuid, workflow_events."key", '' 
FROM workflow_events 
WHERE workflow_events.workflow_uuid IN (SELECT anon_3.value 
FROM json_each(:publishers) AS anon_3) UNION ALL SELECT 'stream' AS kind, streams.workflow_uuid, streams."key", CAST(max(streams."offset") AS TEXT) AS max_1 
FROM streams 
WHERE streams.workflow_uuid IN (SELECT anon_4.value 
FROM json_each(:writers) AS anon_4) GROUP BY streams.workflow_uuid, streams."key"

-- changes.QUEUE_OF
SELECT workflow_status.queue_name 
FROM workflow_status 
WHERE workflow_status.workflow_uuid = :workflow_uuid

-- changes.READ_ATTRIBUTES
SELECT workflow_status.attributes 
FROM workflow_status 
WHERE workflow_status.workflow_uuid = :workflow_uuid

-- changes.SET_ATTRIBUTES
UPDATE workflow_status SET updated_at=:now, attributes=:attributes WHERE workflow_status.workflow_uuid = :workflow_uuid

-- changes.SET_DELAY
UPDATE workflow_status SET delay_until_epoch_ms=:until, updated_at=:now WHERE workflow_status.workflow_uuid = :workflow_uuid AND workflow_status.status = 'DELAYED'

-- children.START
CREATE TEMP VIEW IF NOT EXISTS "START" AS SELECT NULL AS "workflow_uuid", NULL AS "status", NULL AS "name", NULL AS "inputs", NULL AS "serialization", NULL AS "created_at", NULL AS "arrival", NULL AS "class_name", NULL AS "config_name", NULL AS "authenticated_user", NULL AS "assumed_role", NULL AS "authenticated_roles", NULL AS "executor_id", NULL AS "owner_xid", NULL AS "application_version", NULL AS "workflow_version", NULL AS "application_name", NULL AS "recovery_attempts", NULL AS "executions", NULL AS "queue_name", NULL AS "deduplication_id", NULL AS "queue_partition_key", NULL AS "priority", NULL AS "delay_until_epoch_ms", NULL AS "started_at_epoch_ms", NULL AS "workflow_timeout_ms", NULL AS "workflow_deadline_epoch_ms", NULL AS "parent_workflow_id", NULL AS "forked_from", NULL AS "schedule_name", NULL AS "attributes", NULL AS "is_debounced", NULL AS "debounce_deadline_epoch_ms", NULL AS "step_function_id", NULL AS "step_function_name", NULL AS "step_position", NULL AS "step_output", NULL AS "step_error", NULL AS "step_serialization", NULL AS "step_child_workflow_id", NULL AS "step_started_at_epoch_ms", NULL AS "step_completed_at_epoch_ms", NULL AS "step_input_digest", NULL AS "parent_id", NULL AS "seen"
;
CREATE TEMP TRIGGER IF NOT EXISTS "START_PARTS" INSTEAD OF INSERT ON "START" BEGIN INSERT INTO "workflow_status" ("workflow_uuid", "status", "name", "inputs", "serialization", "created_at", "arrival", "class_name", "config_name", "authenticated_user", "assumed_role", "authenticated_roles", "executor_id", "owner_xid", "application_version", "workflow_version", "application_name", "recovery_attempts", "executions", "queue_name", "deduplication_id", "queue_partition_key", "priority", "delay_until_epoch_ms", "started_at_epoch_ms", "workflow_timeout_ms", "workflow_deadline_epoch_ms", "parent_workflow_id", "forked_from", "schedule_name", "attributes", "is_debounced", "debounce_deadline_epoch_ms", "updated_at") VALUES (NEW."workflow_uuid", NEW."status", NEW."name", NEW."inputs", NEW."serialization", NEW."created_at", NEW."arrival", NEW."class_name", NEW."config_name", NEW."authenticated_user", NEW."assumed_role", NEW."authenticated_roles", NEW."executor_id", NEW."owner_xid", NEW."application_version", NEW."workflow_version", NEW."application_name", NEW."recovery_attempts", NEW."executions", NEW."queue_name", NEW."deduplication_id", NEW."queue_partition_key", NEW."priority", NEW."delay_until_epoch_ms", NEW."started_at_epoch_ms", NEW."workflow_timeout_ms", NEW."workflow_deadline_epoch_ms", NEW."parent_workflow_id", NEW."forked_from", NEW."schedule_name", NEW."attributes", NEW."is_debounced", NEW."debounce_deadline_epoch_ms", NEW."created_at"); INSERT INTO "operation_outputs" ("function_id", "function_name", "position", "output", "error", "serialization", "child_workflow_id", "started_at_epoch_ms", "completed_at_epoch_ms", "input_digest", "workflow_uuid") VALUES (NEW."step_function_id", NEW."step_function_name", NEW."step_position", NEW."step_output", NEW."step_error", NEW."step_serialization", NEW."step_child_workflow_id", NEW."step_started_at_epoch_ms", NEW."step_completed_at_epoch_ms", NEW."step_input_digest", NEW."parent_id"); END
;
INSERT INTO "START" (workflow_uuid, status, name, inputs, serialization, created_at, arrival, class_name, config_name, authenticated_user, assumed_role, authenticated_roles, executor_id, owner_xid, application_version, workflow_version, application_name, recovery_attempts, executions, queue_name, deduplication_id, queue_partition_key, priority, delay_until_epoch_ms, started_at_epoch_ms, workflow_timeout_ms, workflow_deadline_epoch_ms, parent_workflow_id, forked_from, schedule_name, attributes, is_debounced, debounce_deadline_epoch_ms, step_function_id, step_function_name, step_position, step_output, step_error, step_serialization, step_child_workflow_id, step_started_at_epoch_ms, step_completed_at_epoch_ms, step_input_digest, parent_id, seen) SELECT :workflow_uuid AS anon_1, :status AS anon_2, :name AS anon_3, :inputs AS anon_4, :serialization AS anon_5, :created_at AS anon_6, :arrival AS anon_7, :class_name AS anon_8, :config_name AS anon_9, :authenticated_user AS anon_10, :assumed_role AS anon_11, :authenticated_roles AS anon_12, :executor_id AS anon_13, :owner_xid AS anon_14, :application_version AS anon_15, :workflow_version AS anon_16, :application_name AS anon_17, :recovery_attempts AS anon_18, :executions AS anon_19, :queue_name AS anon_20, :deduplication_id AS anon_21, :queue_partition_key AS anon_22, :priority AS anon_23, :delay_until_epoch_ms AS anon_24, :started_at_epoch_ms AS anon_25, :workflow_timeout_ms AS anon_26, :workflow_deadline_epoch_ms AS anon_27, :parent_workflow_id AS anon_28, :forked_from AS anon_29, :schedule_name AS anon_30, :attributes AS anon_31, :is_debounced AS anon_32, :debounce_deadline_epoch_ms AS anon_33, :step_function_id AS anon_34, :step_function_name AS anon_35, :step_position AS anon_36, :step_output AS anon_37, :step_error AS anon_38, :step_serialization AS anon_39, :step_child_workflow_id AS anon_40, :step_started_at_epoch_ms AS anon_41, :step_completed_at_epoch_ms AS anon_42, :step_input_digest AS anon_43, :parent_id AS anon_44, workflow_status.status 
FROM workflow_status 
WHERE workflow_status.workflow_uuid = :parent_id AND workflow_status.owner_xid = :parent_owner AND workflow_status.status IN ('PENDING', 'CANCELLED') AND NOT (EXISTS (SELECT 1 
FROM workflow_status AS workflow_status_1 
WHERE workflow_status_1.workflow_uuid = :workflow_uuid)) AND NOT (EXISTS (SELECT 1 
FROM operation_outputs AS operation_outputs_1 
WHERE operation_outputs_1.workflow_uuid = :parent_id AND operation_outputs_1.function_id = :step_function_id)) AND NOT (EXISTS (SELECT holder.status 
FROM workflow_status AS holder 
WHERE holder.queue_name = :queue_name AND holder.deduplication_id = :deduplication_id)) RETURNING seen

-- copies.COPY_EVENT_HISTORY
INSERT INTO workflow_events_history (workflow_uuid, function_id, "key", value, serialization) SELECT :new_id AS anon_1, workflow_events_history.function_id, workflow_events_history."key", workflow_events_history.value, workflow_events_history.serialization 
FROM workflow_events_history 
WHERE workflow_events_history.workflow_uuid = :old_id AND workflow_events_history.function_id < :start_step ON CONFLICT DO NOTHING

-- copies.COPY_STATUS
INSERT INTO workflow_status (name, class_name, config_name, authenticated_user, assumed_role, authenticated_roles, inputs, serialization, application_id, application_name, attributes, workflow_uuid, status, queue_name, queue_partition_key, application_version, workflow_timeout_ms, forked_from, created_at, updated_at, arrival, executions) SELECT workflow_status.name, workflow_status.class_name, workflow_status.config_name, workflow_status.authenticated_user, workflow_status.assumed_role, workflow_status.authenticated_roles, workflow_status.inputs, workflow_status.serialization, workflow_status.application_id, workflow_status.application_name, workflow_status.attributes, :new_id AS anon_1, :status AS anon_2, :queue_name AS anon_3, :partition_key AS anon_4, :application_version AS anon_5, :timeout_ms AS anon_6, workflow_status.workflow_uuid, :now AS anon_7, :now AS anon_8, :arrival AS anon_9, :executions AS anon_10 
FROM workflow_status 
WHERE workflow_status.workflow_uuid = :old_id ON CONFLICT DO NOTHING

-- copies.COPY_STEPS
INSERT INTO operation_outputs (workflow_uuid, function_id, function_name, output, error, serialization, child_workflow_id, started_at_epoch_ms, completed_at_epoch_ms, position) SELECT :new_id AS anon_1, operation_outputs.function_id, operation_outputs.function_name, operation_outputs.output, operation_outputs.error, operation_outputs.serialization, operation_outputs.child_workflow_id, operation_outputs.started_at_epoch_ms, operation_outputs.completed_at_epoch_ms, operation_outputs.position 
FROM operation_outputs 
WHERE operation_outputs.workflow_uuid = :old_id AND operation_outputs.function_id < :start_step ON CONFLICT DO NOTHING

-- copies.COPY_STREAMS
INSERT INTO streams (workflow_uuid, "key", "offset", function_id, value, serialization) SELECT :new_id AS anon_1, streams."key", streams."offset", streams.function_id, streams.value, streams.serialization 
FROM streams 
WHERE streams.workflow_uuid = :old_id AND streams.function_id < :start_step ON CONFLICT DO NOTHING

-- copies.FORGET_RESULTS
DELETE FROM operation_outputs WHERE operation_outputs.workflow_uuid = :new_id AND (operation_outputs.function_name = 'DBOS.getResult' AND operation_outputs.child_workflow_id = :child OR operation_outputs.function_name = 'DBOS.waitFirst')

-- copies.KNOWN
SELECT workflow_status.status 
FROM workflow_status 
WHERE workflow_status.workflow_uuid = :workflow_uuid

-- copies.NOTE_FORK
UPDATE workflow_status SET was_forked_from=1 WHERE workflow_status.workflow_uuid = :old_id

-- copies.ORIGIN
SELECT workflow_status.forked_from 
FROM workflow_status 
WHERE workflow_status.workflow_uuid = :workflow_uuid

-- copies.POINT_TO
UPDATE operation_outputs SET child_workflow_id=:replacement WHERE operation_outputs.workflow_uuid = :new_id AND operation_outputs.child_workflow_id = :child

-- copies.RESTORE_EVENTS
INSERT INTO workflow_events (workflow_uuid, "key", value, serialization) SELECT workflow_events_history.workflow_uuid, workflow_events_history."key", workflow_events_history.value, workflow_events_history.serialization 
FROM workflow_events_history JOIN (SELECT workflow_events_history."key" AS "key", max(workflow_events_history.function_id) AS function_id 
FROM workflow_events_history 
WHERE workflow_events_history.workflow_uuid = :new_id GROUP BY workflow_events_history."key") AS anon_1 ON anon_1."key" = workflow_events_history."key" AND workflow_events_history.function_id = anon_1.function_id 
WHERE workflow_events_history.workflow_uuid = :new_id ON CONFLICT DO NOTHING

-- debounces.EXTEND
UPDATE workflow_status SET inputs=:inputs, serialization=:serialization, delay_until_epoch_ms=CASE WHEN (workflow_status.debounce_deadline_epoch_ms < :until) THEN workflow_status.debounce_deadline_epoch_ms ELSE :until END, updated_at=:now WHERE workflow_status.queue_name = :queue_name AND workflow_status.deduplication_id = :deduplication_id AND workflow_status.status = 'DELAYED' AND workflow_status.delay_until_epoch_ms > :now RETURNING workflow_uuid

-- debounces.LET_GO
UPDATE workflow_status SET status='ENQUEUED', deduplication_id=NULL, updated_at=:now WHERE workflow_status.queue_name = :queue_name AND workflow_status.deduplication_id = :deduplication_id AND workflow_status.is_debounced = 1 AND workflow_status.status = 'DELAYED' AND workflow_status.delay_until_epoch_ms <= :now

-- delays.NEXT_DELAYED
SELECT min(workflow_status.delay_until_epoch_ms) AS min_1 
FROM workflow_status 
WHERE workflow_status.status = 'DELAYED' AND workflow_status.queue_name = :queue_name

-- delays.RELEASE_DELAYED
UPDATE workflow_status SET status='ENQUEUED', deduplication_id=CASE WHEN (workflow_status.is_debounced = 1) THEN NULL ELSE workflow_status.deduplication_id END, updated_at=:now WHERE workflow_status.status = 'DELAYED' AND workflow_status.queue_name = :queue_name AND workflow_status.delay_until_epoch_ms <= :now

-- descendants.CHILDREN
SELECT workflow_status.workflow_uuid 
FROM workflow_status 
WHERE workflow_status.parent_workflow_id IN (SELECT anon_1.value 
FROM json_each(:ids) AS anon_1)

-- descendants.FORKS
SELECT workflow_status.workflow_uuid 
FROM workflow_status 
WHERE workflow_status.forked_from IN (SELECT anon_1.value 
FROM json_each(:ids) AS anon_1)

-- events.PUBLISH
INSERT INTO workflow_events (workflow_uuid, "key", value, serialization) VALUES (:workflow_uuid, :key, :value, :serialization) ON CONFLICT (workflow_uuid, "key") DO UPDATE SET value = :value, serialization = :serialization

-- events.PUBLISH_RECORDED
CREATE TEMP VIEW IF NOT EXISTS "PUBLISH_RECORDED" AS SELECT NULL AS "step_function_id", NULL AS "step_function_name", NULL AS "step_position", NULL AS "step_output", NULL AS "step_error", NULL AS "step_serialization", NULL AS "step_child_workflow_id", NULL AS "step_started_at_epoch_ms", NULL AS "step_completed_at_epoch_ms", NULL AS "step_input_digest", NULL AS "parent_id", NULL AS "event_key", NULL AS "event_value", NULL AS "event_serialization", NULL AS "seen"
;
CREATE TEMP TRIGGER IF NOT EXISTS "PUBLISH_RECORDED_PARTS" INSTEAD OF INSERT ON "PUBLISH_RECORDED" BEGIN INSERT INTO "operation_outputs" ("function_id", "function_name", "position", "output", "error", "serialization", "child_workflow_id", "started_at_epoch_ms", "completed_at_epoch_ms", "input_digest", "workflow_uuid") VALUES (NEW."step_function_id", NEW."step_function_name", NEW."step_position", NEW."step_output", NEW."step_error", NEW."step_serialization", NEW."step_child_workflow_id", NEW."step_started_at_epoch_ms", NEW."step_completed_at_epoch_ms", NEW."step_input_digest", NEW."parent_id"); INSERT INTO "workflow_events_history" ("workflow_uuid", "key", "value", "serialization", "function_id") VALUES (NEW."parent_id", NEW."event_key", NEW."event_value", NEW."event_serialization", NEW."step_function_id") ON CONFLICT ("workflow_uuid", "key", "function_id") DO UPDATE SET "value" = excluded."value", "serialization" = excluded."serialization"; INSERT INTO "workflow_events" ("workflow_uuid", "key", "value", "serialization") VALUES (NEW."parent_id", NEW."event_key", NEW."event_value", NEW."event_serialization") ON CONFLICT ("workflow_uuid", "key") DO UPDATE SET "value" = excluded."value", "serialization" = excluded."serialization"; END
;
INSERT INTO "PUBLISH_RECORDED" (step_function_id, step_function_name, step_position, step_output, step_error, step_serialization, step_child_workflow_id, step_started_at_epoch_ms, step_completed_at_epoch_ms, step_input_digest, parent_id, event_key, event_value, event_serialization, seen) SELECT :step_function_id AS anon_1, :step_function_name AS anon_2, :step_position AS anon_3, :step_output AS anon_4, :step_error AS anon_5, :step_serialization AS anon_6, :step_child_workflow_id AS anon_7, :step_started_at_epoch_ms AS anon_8, :step_completed_at_epoch_ms AS anon_9, :step_input_digest AS anon_10, :parent_id AS anon_11, :event_key AS anon_12, :event_value AS anon_13, :event_serialization AS anon_14, workflow_status.status 
FROM workflow_status 
WHERE workflow_status.workflow_uuid = :parent_id AND workflow_status.owner_xid = :parent_owner AND workflow_status.status IN ('PENDING', 'CANCELLED') AND NOT (EXISTS (SELECT 1 
FROM operation_outputs AS operation_outputs_1 
WHERE operation_outputs_1.workflow_uuid = :parent_id AND operation_outputs_1.function_id = :step_function_id)) RETURNING seen

-- events.READ_EVENT
SELECT workflow_events.value, workflow_events.serialization 
FROM workflow_events 
WHERE workflow_events.workflow_uuid = :workflow_uuid AND workflow_events."key" = :key

-- events.READ_EVENTS
SELECT workflow_events."key", workflow_events.value, workflow_events.serialization 
FROM workflow_events 
WHERE workflow_events.workflow_uuid = :workflow_uuid

-- events.REMEMBER
INSERT INTO workflow_events_history (workflow_uuid, function_id, "key", value, serialization) VALUES (:workflow_uuid, :function_id, :key, :value, :serialization) ON CONFLICT (workflow_uuid, "key", function_id) DO UPDATE SET value = :value, serialization = :serialization

-- events.TAKE_EVENT
INSERT INTO operation_outputs (function_id, function_name, position, output, error, serialization, child_workflow_id, started_at_epoch_ms, completed_at_epoch_ms, input_digest, workflow_uuid) SELECT :step_function_id AS anon_2, :step_function_name AS anon_3, :step_position AS anon_4, workflow_events.value, :step_error AS anon_5, workflow_events.serialization, :step_child_workflow_id AS anon_6, :step_started_at_epoch_ms AS anon_7, :step_completed_at_epoch_ms AS anon_8, :step_input_digest AS anon_9, :parent_id AS anon_10 
FROM workflow_status JOIN workflow_events ON workflow_events.workflow_uuid = :publisher_id AND workflow_events."key" = :event_key 
WHERE workflow_status.workflow_uuid = :parent_id AND workflow_status.owner_xid = :parent_owner AND workflow_status.status IN ('PENDING', 'CANCELLED') ON CONFLICT DO NOTHING RETURNING (SELECT workflow_status.status 
FROM workflow_status 
WHERE workflow_uuid = :parent_id) AS anon_1, output, serialization

-- executors.BEAT
INSERT INTO executors (process_token, executor_id, host, process_start, application_version, pid, started_at, heartbeat_at, beats) VALUES (:process_token, :executor_id, :host, :process_start, :application_version, :pid, :now, :now, :beats) ON CONFLICT (process_token) DO UPDATE SET executor_id = :executor_id, application_version = :application_version, heartbeat_at = :now, beats = (executors.beats + 1)

-- executors.BEAT_AND_LIST
WITH beat AS 
(INSERT INTO executors (process_token, executor_id, host, process_start, application_version, pid, started_at, heartbeat_at, beats) VALUES (:process_token, :executor_id, :host, :process_start, :application_version, :pid, :now, :now, :beats) ON CONFLICT (process_token) DO UPDATE SET executor_id = :executor_id, application_version = :application_version, heartbeat_at = :now, beats = (executors.beats + 1))
 SELECT executors.process_token, executors.executor_id, executors.host, executors.process_start, executors.pid, executors.application_version, executors.beats 
FROM executors

-- executors.LIST
SELECT executors.process_token, executors.executor_id, executors.host, executors.process_start, executors.pid, executors.application_version, executors.beats 
FROM executors

-- executors.REMOVE
DELETE FROM executors WHERE executors.process_token IN (SELECT executors.process_token 
FROM executors 
WHERE executors.process_token = :process_token)

-- histories.HISTORY
SELECT operation_outputs.workflow_uuid, operation_outputs.function_id, operation_outputs.function_name, operation_outputs.position, operation_outputs.output, operation_outputs.error, operation_outputs.serialization, operation_outputs.child_workflow_id, operation_outputs.started_at_epoch_ms, operation_outputs.completed_at_epoch_ms, operation_outputs.input_digest 
FROM operation_outputs 
WHERE operation_outputs.workflow_uuid IN (SELECT anon_1.value 
FROM json_each(:ids) AS anon_1) ORDER BY operation_outputs.workflow_uuid, operation_outputs.function_id

-- in_flight.ADOPT
UPDATE workflow_status SET application_version=:application_version, workflow_version=:workflow_version, updated_at=:now WHERE workflow_status.workflow_uuid IN (SELECT workflow_status.workflow_uuid 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.status IN ('ENQUEUED', 'DELAYED') AND workflow_status.name = :name AND workflow_status.application_version = :former_application_version AND workflow_status.workflow_version = :former_workflow_version
 LIMIT :most OFFSET 0) AND workflow_status.status IN ('ENQUEUED', 'DELAYED') RETURNING workflow_uuid

-- in_flight.BEGUN
SELECT workflow_status.queue_name, workflow_status.name, workflow_status.application_version, workflow_status.workflow_version, count(*) AS count_1, min(workflow_status.workflow_uuid) AS min_1 
FROM workflow_status 
WHERE workflow_status.application_version IS NOT NULL AND workflow_status.status = 'PENDING' AND (coalesce(substr(workflow_status.owner_xid, 1, 16), '') NOT IN (SELECT anon_1.value 
FROM json_each(:alive) AS anon_1)) AND (NOT (EXISTS (SELECT 1 
FROM executors 
WHERE executors.process_token = coalesce(substr(workflow_status.owner_xid, 1, 16), ''))) OR coalesce(substr(workflow_status.owner_xid, 1, 16), '') IN (SELECT anon_2.value 
FROM json_each(:dead) AS anon_2)) AND (workflow_status.application_version NOT IN (SELECT anon_3.value 
FROM json_each(:served) AS anon_3)) GROUP BY workflow_status.queue_name, workflow_status.name, workflow_status.application_version, workflow_status.workflow_version

-- in_flight.FREE
UPDATE workflow_status SET status='ENQUEUED', owner_xid=NULL, updated_at=:now WHERE workflow_status.workflow_uuid IN (SELECT workflow_status.workflow_uuid 
FROM workflow_status 
WHERE workflow_status.status = 'PENDING' AND workflow_status.queue_name = :queue_name AND workflow_status.application_version = :application_version AND (coalesce(substr(workflow_status.owner_xid, 1, 16), '') NOT IN (SELECT anon_1.value 
FROM json_each(:alive) AS anon_1)) AND (NOT (EXISTS (SELECT 1 
FROM executors 
WHERE executors.process_token = coalesce(substr(workflow_status.owner_xid, 1, 16), ''))) OR coalesce(substr(workflow_status.owner_xid, 1, 16), '') IN (SELECT anon_2.value 
FROM json_each(:dead) AS anon_2))) AND workflow_status.status = 'PENDING' AND workflow_status.queue_name = :queue_name AND workflow_status.application_version = :application_version AND (coalesce(substr(workflow_status.owner_xid, 1, 16), '') NOT IN (SELECT anon_1.value 
FROM json_each(:alive) AS anon_1)) AND (NOT (EXISTS (SELECT 1 
FROM executors 
WHERE executors.process_token = coalesce(substr(workflow_status.owner_xid, 1, 16), ''))) OR coalesce(substr(workflow_status.owner_xid, 1, 16), '') IN (SELECT anon_2.value 
FROM json_each(:dead) AS anon_2))

-- in_flight.OPERATIONS
SELECT operation_outputs.workflow_uuid, operation_outputs.position, operation_outputs.function_name, operation_outputs.child_workflow_id, operation_outputs.function_id 
FROM operation_outputs 
WHERE operation_outputs.workflow_uuid IN (SELECT anon_1.value 
FROM json_each(:ids) AS anon_1) ORDER BY operation_outputs.workflow_uuid, operation_outputs.function_id

-- in_flight.PAGE
SELECT workflow_status.workflow_uuid, workflow_status.name, workflow_status.status, workflow_status.queue_name, workflow_status.application_version, workflow_status.workflow_version, workflow_status.created_at, workflow_status.executions 
FROM workflow_status 
WHERE workflow_status.status IN ('PENDING', 'ENQUEUED', 'DELAYED') AND workflow_status.workflow_uuid > :after ORDER BY workflow_status.workflow_uuid
 LIMIT :most OFFSET 0

-- in_flight.QUEUED
SELECT workflow_status.queue_name, workflow_status.name, workflow_status.application_version, workflow_status.workflow_version, count(*) AS count_1, min(workflow_status.workflow_uuid) AS min_1 
FROM workflow_status 
WHERE workflow_status.application_version IS NOT NULL AND workflow_status.queue_name = :queue_name AND workflow_status.status IN ('ENQUEUED', 'DELAYED') AND workflow_status.application_version = :version GROUP BY workflow_status.queue_name, workflow_status.name, workflow_status.application_version, workflow_status.workflow_version

-- in_flight.WAITING_VERSIONS
WITH RECURSIVE known(queue_name, version) AS 
(SELECT '' AS queue_name, '' AS version UNION ALL SELECT CASE WHEN ((SELECT min(waiting.application_version) AS min_1 
FROM workflow_status AS waiting 
WHERE waiting.status IN ('ENQUEUED', 'DELAYED') AND waiting.application_version IS NOT NULL AND waiting.queue_name = known.queue_name AND waiting.application_version > known.version) IS NULL) THEN (SELECT min(waiting.queue_name) AS min_2 
FROM workflow_status AS waiting 
WHERE waiting.status IN ('ENQUEUED', 'DELAYED') AND waiting.application_version IS NOT NULL AND waiting.queue_name > known.queue_name) ELSE known.queue_name END AS anon_1, coalesce((SELECT min(waiting.application_version) AS min_1 
FROM workflow_status AS waiting 
WHERE waiting.status IN ('ENQUEUED', 'DELAYED') AND waiting.application_version IS NOT NULL AND waiting.queue_name = known.queue_name AND waiting.application_version > known.version), '') AS coalesce_1 
FROM known 
WHERE known.queue_name IS NOT NULL)
 SELECT known.queue_name, known.version 
FROM known

-- inspection.LETTERS
SELECT notifications.topic, notifications.message, notifications.serialization, notifications.created_at_epoch_ms 
FROM notifications 
WHERE notifications.destination_uuid = :workflow_uuid AND notifications.consumed = 0 ORDER BY notifications.arrival
 LIMIT :most OFFSET 0

-- inspection.NAMES
SELECT operation_outputs.function_name, operation_outputs.position, operation_outputs.error IS NOT NULL AS anon_1 
FROM operation_outputs 
WHERE operation_outputs.workflow_uuid = :workflow_uuid ORDER BY operation_outputs.function_id
 LIMIT :most OFFSET 0

-- inspection.OPERATIONS
SELECT operation_outputs.function_id, operation_outputs.function_name, operation_outputs.position, operation_outputs.output, operation_outputs.error, operation_outputs.serialization, operation_outputs.child_workflow_id, operation_outputs.started_at_epoch_ms, operation_outputs.completed_at_epoch_ms 
FROM operation_outputs 
WHERE operation_outputs.workflow_uuid = :workflow_uuid AND operation_outputs.function_id > :after ORDER BY operation_outputs.function_id
 LIMIT :most OFFSET 0

-- inspection.PROCESSES
SELECT executors.process_token, executors.executor_id, executors.host, executors.pid, executors.application_version, executors.started_at, executors.heartbeat_at 
FROM executors ORDER BY executors.started_at DESC

-- inspection.STATUSES
SELECT anon_1.status, count(*) AS count_1 
FROM (SELECT workflow_status.status AS status 
FROM workflow_status ORDER BY workflow_status.created_at DESC, workflow_status.workflow_uuid DESC
 LIMIT 50000 OFFSET 0) AS anon_1 GROUP BY anon_1.status

-- inspection.STREAMS
SELECT anon_1."key", anon_1."values", streams.value, streams.serialization 
FROM (SELECT streams."key" AS "key", count(*) AS "values", max(streams."offset") AS last 
FROM streams 
WHERE streams.workflow_uuid = :workflow_uuid GROUP BY streams."key") AS anon_1 JOIN streams ON streams.workflow_uuid = :workflow_uuid AND streams."key" = anon_1."key" AND streams."offset" = anon_1.last ORDER BY anon_1."key"
 LIMIT :most OFFSET 0

-- messages.CONSUME
UPDATE notifications SET consumed=1, consumed_by_position=:position WHERE notifications.message_uuid = (SELECT unread.message_uuid 
FROM notifications AS unread 
WHERE unread.destination_uuid = :workflow_uuid AND unread.topic = :topic AND unread.consumed = 0 ORDER BY unread.arrival, unread.message_uuid
 LIMIT 1 OFFSET 0) AND (EXISTS (SELECT 1 AS anon_1 
FROM workflow_status 
WHERE workflow_status.workflow_uuid = :workflow_uuid AND workflow_status.owner_xid = :owner AND workflow_status.status = 'PENDING')) RETURNING message, serialization

-- messages.CONSUMED
SELECT notifications.message, notifications.serialization 
FROM notifications 
WHERE notifications.destination_uuid = :workflow_uuid AND notifications.consumed_by_position = :position

-- messages.RECEIVER
SELECT workflow_status.status 
FROM workflow_status 
WHERE workflow_status.workflow_uuid = :destination_uuid

-- messages.SEND
INSERT INTO notifications (message_uuid, destination_uuid, topic, message, serialization, created_at_epoch_ms, arrival, consumed) SELECT :message_uuid AS anon_1, :destination_uuid AS anon_2, :topic AS anon_3, :message AS anon_4, :serialization AS anon_5, :created_at_epoch_ms AS anon_6, :arrival AS anon_7, 0 AS anon_8 
FROM workflow_status 
WHERE workflow_status.workflow_uuid = :destination_uuid ON CONFLICT DO NOTHING

-- messages.SEND_RECORDED
CREATE TEMP VIEW IF NOT EXISTS "SEND_RECORDED" AS SELECT NULL AS "message_uuid", NULL AS "destination_uuid", NULL AS "topic", NULL AS "message", NULL AS "serialization", NULL AS "created_at_epoch_ms", NULL AS "arrival", NULL AS "step_function_id", NULL AS "step_function_name", NULL AS "step_position", NULL AS "step_output", NULL AS "step_error", NULL AS "step_serialization", NULL AS "step_child_workflow_id", NULL AS "step_started_at_epoch_ms", NULL AS "step_completed_at_epoch_ms", NULL AS "step_input_digest", NULL AS "parent_id", NULL AS "seen"
;
CREATE TEMP TRIGGER IF NOT EXISTS "SEND_RECORDED_PARTS" INSTEAD OF INSERT ON "SEND_RECORDED" BEGIN INSERT INTO "notifications" ("message_uuid", "destination_uuid", "topic", "message", "serialization", "created_at_epoch_ms", "arrival") VALUES (NEW."message_uuid", NEW."destination_uuid", NEW."topic", NEW."message", NEW."serialization", NEW."created_at_epoch_ms", NEW."arrival"); INSERT INTO "operation_outputs" ("function_id", "function_name", "position", "output", "error", "serialization", "child_workflow_id", "started_at_epoch_ms", "completed_at_epoch_ms", "input_digest", "workflow_uuid") VALUES (NEW."step_function_id", NEW."step_function_name", NEW."step_position", NEW."step_output", NEW."step_error", NEW."step_serialization", NEW."step_child_workflow_id", NEW."step_started_at_epoch_ms", NEW."step_completed_at_epoch_ms", NEW."step_input_digest", NEW."parent_id"); END
;
INSERT INTO "SEND_RECORDED" (message_uuid, destination_uuid, topic, message, serialization, created_at_epoch_ms, arrival, step_function_id, step_function_name, step_position, step_output, step_error, step_serialization, step_child_workflow_id, step_started_at_epoch_ms, step_completed_at_epoch_ms, step_input_digest, parent_id, seen) SELECT :message_uuid AS anon_1, :destination_uuid AS anon_2, :topic AS anon_3, :message AS anon_4, :serialization AS anon_5, :created_at_epoch_ms AS anon_6, :arrival AS anon_7, :step_function_id AS anon_8, :step_function_name AS anon_9, :step_position AS anon_10, :step_output AS anon_11, :step_error AS anon_12, :step_serialization AS anon_13, :step_child_workflow_id AS anon_14, :step_started_at_epoch_ms AS anon_15, :step_completed_at_epoch_ms AS anon_16, :step_input_digest AS anon_17, :parent_id AS anon_18, workflow_status.status 
FROM workflow_status 
WHERE workflow_status.workflow_uuid = :parent_id AND workflow_status.owner_xid = :parent_owner AND workflow_status.status IN ('PENDING', 'CANCELLED') AND NOT (EXISTS (SELECT 1 
FROM notifications AS notifications_1 
WHERE notifications_1.message_uuid = :message_uuid)) AND NOT (EXISTS (SELECT 1 
FROM operation_outputs AS operation_outputs_1 
WHERE operation_outputs_1.workflow_uuid = :parent_id AND operation_outputs_1.function_id = :step_function_id)) AND (EXISTS (SELECT receiver.status 
FROM workflow_status AS receiver 
WHERE receiver.workflow_uuid = :destination_uuid)) RETURNING seen

-- migrations.PRELUDE

CREATE TABLE IF NOT EXISTS dbos_migrations (
	version BIGINT NOT NULL, 
	PRIMARY KEY (version)
)



-- migrations.STEP_1

CREATE TABLE IF NOT EXISTS application_versions (
	version_name TEXT NOT NULL, 
	version_id TEXT, 
	version_timestamp BIGINT, 
	created_at BIGINT, 
	PRIMARY KEY (version_name)
)


;

CREATE TABLE IF NOT EXISTS executors (
	process_token TEXT NOT NULL, 
	executor_id TEXT NOT NULL, 
	host TEXT, 
	process_start TEXT, 
	application_version TEXT, 
	pid BIGINT, 
	started_at BIGINT, 
	heartbeat_at BIGINT, 
	beats INTEGER DEFAULT 0 NOT NULL, 
	PRIMARY KEY (process_token)
)


;

CREATE TABLE IF NOT EXISTS notifications (
	message_uuid TEXT NOT NULL, 
	destination_uuid TEXT NOT NULL, 
	topic TEXT, 
	message TEXT, 
	serialization TEXT, 
	created_at_epoch_ms BIGINT, 
	arrival BIGINT, 
	consumed INTEGER DEFAULT 0 NOT NULL, 
	consumed_by_position TEXT, 
	PRIMARY KEY (message_uuid)
)


;
CREATE INDEX IF NOT EXISTS notifications_unread ON notifications (destination_uuid, topic, arrival) WHERE consumed = 0
;

CREATE TABLE IF NOT EXISTS operation_outputs (
	workflow_uuid TEXT NOT NULL, 
	function_id INTEGER NOT NULL, 
	function_name TEXT NOT NULL, 
	output TEXT, 
	error TEXT, 
	serialization TEXT, 
	child_workflow_id TEXT, 
	started_at_epoch_ms BIGINT, 
	completed_at_epoch_ms BIGINT, 
	position TEXT, 
	input_digest TEXT, 
	PRIMARY KEY (workflow_uuid, function_id)
)


;

CREATE TABLE IF NOT EXISTS queues (
	name TEXT NOT NULL, 
	options TEXT, 
	created_at BIGINT, 
	updated_at BIGINT, 
	PRIMARY KEY (name)
)


;

CREATE TABLE IF NOT EXISTS streams (
	workflow_uuid TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	"offset" INTEGER NOT NULL, 
	function_id INTEGER, 
	value TEXT, 
	serialization TEXT, 
	PRIMARY KEY (workflow_uuid, "key", "offset")
)


;

CREATE TABLE IF NOT EXISTS transaction_outputs (
	workflow_uuid TEXT NOT NULL, 
	function_id INTEGER NOT NULL, 
	function_name TEXT, 
	output TEXT, 
	error TEXT, 
	serialization TEXT, 
	created_at BIGINT, 
	PRIMARY KEY (workflow_uuid, function_id)
)


;

CREATE TABLE IF NOT EXISTS workflow_events (
	workflow_uuid TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	value TEXT, 
	serialization TEXT, 
	PRIMARY KEY (workflow_uuid, "key")
)


;

CREATE TABLE IF NOT EXISTS workflow_events_history (
	workflow_uuid TEXT NOT NULL, 
	function_id INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	value TEXT, 
	serialization TEXT, 
	PRIMARY KEY (workflow_uuid, "key", function_id)
)


;

CREATE TABLE IF NOT EXISTS workflow_schedules (
	schedule_name TEXT NOT NULL, 
	workflow_name TEXT NOT NULL, 
	schedule TEXT NOT NULL, 
	status TEXT, 
	cron_timezone TEXT, 
	queue_name TEXT, 
	context TEXT, 
	schedule_id TEXT, 
	workflow_class_name TEXT, 
	application_name TEXT, 
	automatic_backfill BIGINT, 
	last_fired_at BIGINT, 
	created_at BIGINT, 
	PRIMARY KEY (schedule_name)
)


;

CREATE TABLE IF NOT EXISTS workflow_status (
	workflow_uuid TEXT NOT NULL, 
	status TEXT NOT NULL, 
	name TEXT NOT NULL, 
	class_name TEXT, 
	config_name TEXT, 
	authenticated_user TEXT, 
	assumed_role TEXT, 
	authenticated_roles TEXT, 
	inputs TEXT, 
	output TEXT, 
	error TEXT, 
	serialization TEXT, 
	output_serialization TEXT, 
	executor_id TEXT, 
	owner_xid TEXT, 
	application_version TEXT, 
	workflow_version TEXT, 
	application_id TEXT, 
	application_name TEXT, 
	recovery_attempts INTEGER DEFAULT 0 NOT NULL, 
	executions INTEGER DEFAULT 0 NOT NULL, 
	queue_name TEXT, 
	deduplication_id TEXT, 
	queue_partition_key TEXT, 
	priority INTEGER DEFAULT 0 NOT NULL, 
	arrival BIGINT, 
	delay_until_epoch_ms BIGINT, 
	started_at_epoch_ms BIGINT, 
	completed_at BIGINT, 
	created_at BIGINT, 
	updated_at BIGINT, 
	workflow_timeout_ms BIGINT, 
	workflow_deadline_epoch_ms BIGINT, 
	parent_workflow_id TEXT, 
	forked_from TEXT, 
	schedule_name TEXT, 
	attributes TEXT, 
	was_forked_from INTEGER DEFAULT 0 NOT NULL, 
	rate_limited INTEGER DEFAULT 0 NOT NULL, 
	is_debounced INTEGER DEFAULT 0 NOT NULL, 
	debounce_deadline_epoch_ms BIGINT, 
	PRIMARY KEY (workflow_uuid)
)


;
CREATE UNIQUE INDEX IF NOT EXISTS workflow_status_deduplication ON workflow_status (queue_name, deduplication_id) WHERE deduplication_id IS NOT NULL
;
CREATE INDEX IF NOT EXISTS workflow_status_parent ON workflow_status (parent_workflow_id) WHERE parent_workflow_id IS NOT NULL
;
CREATE INDEX IF NOT EXISTS workflow_status_pending ON workflow_status (executor_id) WHERE status = 'PENDING'
;
INSERT INTO dbos_migrations (version) VALUES (1)

-- migrations.STEP_2
DROP INDEX IF EXISTS workflow_status_queue
;
DROP INDEX IF EXISTS workflow_status_partition
;
DROP INDEX IF EXISTS workflow_status_started
;
DROP INDEX IF EXISTS workflow_status_created
;
CREATE INDEX IF NOT EXISTS workflow_status_age ON workflow_status (created_at, arrival, workflow_uuid)
;
CREATE INDEX IF NOT EXISTS workflow_status_delayed ON workflow_status (queue_name, delay_until_epoch_ms) WHERE status = 'DELAYED'
;
CREATE INDEX IF NOT EXISTS workflow_status_partition_starts ON workflow_status (queue_name, queue_partition_key, started_at_epoch_ms) WHERE rate_limited = 1 AND queue_partition_key IS NOT NULL
;
CREATE INDEX IF NOT EXISTS workflow_status_partition_turn ON workflow_status (queue_name, status, queue_partition_key, priority, arrival) WHERE queue_partition_key IS NOT NULL
;
CREATE INDEX IF NOT EXISTS workflow_status_starts ON workflow_status (queue_name, started_at_epoch_ms) WHERE rate_limited = 1
;
CREATE INDEX IF NOT EXISTS workflow_status_turn ON workflow_status (queue_name, status, (CASE WHEN (queue_partition_key IS NULL) THEN 0 ELSE 1 END), priority, arrival) WHERE queue_name IS NOT NULL
;
CREATE INDEX IF NOT EXISTS workflow_status_waiting ON workflow_status (queue_name, application_version) WHERE status IN ('ENQUEUED', 'DELAYED') AND application_version IS NOT NULL
;
INSERT INTO dbos_migrations (version) VALUES (2)

-- migrations.VERSION
SELECT max(dbos_migrations.version) AS max_1 
FROM dbos_migrations

-- occupancy.COUNT
SELECT workflow_status.queue_name, workflow_status.status, count(*) AS count_1, min(workflow_status.created_at) AS min_1 
FROM workflow_status 
WHERE workflow_status.queue_name IS NOT NULL AND workflow_status.status IN ('PENDING', 'ENQUEUED', 'DELAYED') GROUP BY workflow_status.queue_name, workflow_status.status

-- partitions.TAKE_BY_PARTITION
WITH RECURSIVE front AS 
(SELECT anon_2.queue_partition_key AS queue_partition_key, anon_2.priority AS priority, anon_2.arrival AS arrival, anon_2.workflow_uuid AS workflow_uuid, row_number() OVER (PARTITION BY anon_2.queue_partition_key ORDER BY anon_2.priority, anon_2.arrival, anon_2.workflow_uuid) AS place 
FROM (SELECT anon_3.queue_partition_key AS queue_partition_key, anon_3.priority AS priority, anon_3.arrival AS arrival, anon_3.workflow_uuid AS workflow_uuid 
FROM (SELECT workflow_status.queue_partition_key AS queue_partition_key, workflow_status.priority AS priority, workflow_status.arrival AS arrival, workflow_status.workflow_uuid AS workflow_uuid 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.status = 'ENQUEUED' AND (workflow_status.application_version IS NULL OR workflow_status.application_version = :application_version OR workflow_status.workflow_version IN (SELECT anon_4.value 
FROM json_each(:workflow_versions) AS anon_4) AND workflow_status.workflow_version = (SELECT json_extract(anon_5.value, '$[1]') AS json_extract_2 
FROM json_each(:version_of) AS anon_5 
WHERE json_extract(anon_5.value, '$[0]') = workflow_status.name)) AND CASE WHEN (workflow_status.queue_partition_key IS NULL) THEN 0 ELSE 1 END = 0 ORDER BY workflow_status.priority, workflow_status.arrival, workflow_status.workflow_uuid
 LIMIT :front OFFSET 0) AS anon_3 UNION ALL SELECT anon_6.queue_partition_key AS queue_partition_key, anon_6.priority AS priority, anon_6.arrival AS arrival, anon_6.workflow_uuid AS workflow_uuid 
FROM (SELECT workflow_status.queue_partition_key AS queue_partition_key, workflow_status.priority AS priority, workflow_status.arrival AS arrival, workflow_status.workflow_uuid AS workflow_uuid 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.status = 'ENQUEUED' AND (workflow_status.application_version IS NULL OR workflow_status.application_version = :application_version OR workflow_status.workflow_version IN (SELECT anon_7.value 
FROM json_each(:workflow_versions) AS anon_7) AND workflow_status.workflow_version = (SELECT json_extract(anon_8.value, '$[1]') AS json_extract_3 
FROM json_each(:version_of) AS anon_8 
WHERE json_extract(anon_8.value, '$[0]') = workflow_status.name)) AND CASE WHEN (workflow_status.queue_partition_key IS NULL) THEN 0 ELSE 1 END = 1 ORDER BY workflow_status.priority, workflow_status.arrival, workflow_status.workflow_uuid
 LIMIT :front OFFSET 0) AS anon_6) AS anon_2 ORDER BY anon_2.priority, anon_2.arrival, anon_2.workflow_uuid
 LIMIT :front OFFSET 0), 
room AS 
(SELECT :most AS most), 
shares AS 
(SELECT anon_9.queue_partition_key AS queue_partition_key, min((SELECT room.most 
FROM room), CASE WHEN (:each < 4611686018427387904) THEN :each - (SELECT count(*) AS count_1 
FROM workflow_status AS of_key 
WHERE of_key.queue_name = :queue_name AND of_key.queue_partition_key = anon_9.queue_partition_key AND of_key.status = 'PENDING') ELSE 4611686018427387904 END, CASE WHEN (:each_here < 4611686018427387904) THEN :each_here - (SELECT count(*) AS count_1 
FROM workflow_status AS of_key 
WHERE of_key.queue_name = :queue_name AND of_key.queue_partition_key = anon_9.queue_partition_key AND of_key.status = 'PENDING' AND substr(of_key.owner_xid, 1, length(:process)) = :process) ELSE 4611686018427387904 END, CASE WHEN (:each_period < 4611686018427387904) THEN :each_period - (SELECT count(*) AS count_2 
FROM workflow_status AS of_key 
WHERE of_key.queue_name = :queue_name AND of_key.queue_partition_key = anon_9.queue_partition_key AND of_key.rate_limited = 1 AND of_key.started_at_epoch_ms > :each_since) ELSE 4611686018427387904 END) AS share 
FROM (SELECT DISTINCT front.queue_partition_key AS queue_partition_key 
FROM front) AS anon_9), 
available AS 
(SELECT front.priority AS priority, front.arrival AS arrival, front.workflow_uuid AS workflow_uuid 
FROM front LEFT OUTER JOIN shares ON shares.queue_partition_key = front.queue_partition_key 
WHERE front.queue_partition_key IS NULL OR front.place <= shares.share ORDER BY front.priority, front.arrival, front.workflow_uuid
 LIMIT (SELECT room.most 
FROM room) OFFSET 0), 
short AS 
(SELECT CASE WHEN ((SELECT count(*) AS count_3 
FROM front) >= :front AND (SELECT count(*) AS count_3 
FROM available) < (SELECT room.most 
FROM room)) THEN 1 ELSE 0 END AS short), 
keys(queue_partition_key) AS 
(SELECT (SELECT min(of_next_key.queue_partition_key) AS min_1 
FROM workflow_status AS of_next_key 
WHERE of_next_key.queue_name = :queue_name AND of_next_key.status = 'ENQUEUED' AND of_next_key.queue_partition_key IS NOT NULL) AS queue_partition_key 
WHERE (SELECT short.short 
FROM short) = 1 UNION ALL SELECT (SELECT min(of_next_key.queue_partition_key) AS min_1 
FROM workflow_status AS of_next_key 
WHERE of_next_key.queue_name = :queue_name AND of_next_key.status = 'ENQUEUED' AND of_next_key.queue_partition_key > keys.queue_partition_key) AS anon_15 
FROM keys 
WHERE keys.queue_partition_key IS NOT NULL), 
shares_behind AS 
(SELECT keys.queue_partition_key AS queue_partition_key, min((SELECT room.most 
FROM room), CASE WHEN (:each < 4611686018427387904) THEN :each - (SELECT count(*) AS count_4 
FROM workflow_status AS of_key 
WHERE of_key.queue_name = :queue_name AND of_key.queue_partition_key = keys.queue_partition_key AND of_key.status = 'PENDING') ELSE 4611686018427387904 END, CASE WHEN (:each_here < 4611686018427387904) THEN :each_here - (SELECT count(*) AS count_4 
FROM workflow_status AS of_key 
WHERE of_key.queue_name = :queue_name AND of_key.queue_partition_key = keys.queue_partition_key AND of_key.status = 'PENDING' AND substr(of_key.owner_xid, 1, length(:process)) = :process) ELSE 4611686018427387904 END, CASE WHEN (:each_period < 4611686018427387904) THEN :each_period - (SELECT count(*) AS count_5 
FROM workflow_status AS of_key 
WHERE of_key.queue_name = :queue_name AND of_key.queue_partition_key = keys.queue_partition_key AND of_key.rate_limited = 1 AND of_key.started_at_epoch_ms > :each_since) ELSE 4611686018427387904 END) AS share 
FROM keys 
WHERE keys.queue_partition_key IS NOT NULL), 
with_room AS 
(SELECT shares_behind.queue_partition_key AS queue_partition_key, shares_behind.share AS share 
FROM shares_behind 
WHERE shares_behind.share > 0), 
oldest AS 
(SELECT anon_14.queue_partition_key AS queue_partition_key, anon_14.share AS share 
FROM (SELECT with_room.queue_partition_key AS queue_partition_key, with_room.share AS share, of_each.priority AS priority, of_each.arrival AS arrival, of_each.workflow_uuid AS workflow_uuid 
FROM with_room JOIN workflow_status AS of_each ON of_each.workflow_uuid IN (SELECT workflow_status.workflow_uuid 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.status = 'ENQUEUED' AND (workflow_status.application_version IS NULL OR workflow_status.application_version = :application_version OR workflow_status.workflow_version IN (SELECT anon_16.value 
FROM json_each(:workflow_versions) AS anon_16) AND workflow_status.workflow_version = (SELECT json_extract(anon_17.value, '$[1]') AS json_extract_4 
FROM json_each(:version_of) AS anon_17 
WHERE json_extract(anon_17.value, '$[0]') = workflow_status.name)) AND workflow_status.queue_partition_key = with_room.queue_partition_key ORDER BY workflow_status.priority, workflow_status.arrival, workflow_status.workflow_uuid
 LIMIT 1 OFFSET 0)) AS anon_14 ORDER BY anon_14.priority, anon_14.arrival, anon_14.workflow_uuid
 LIMIT (SELECT room.most 
FROM room) OFFSET 0), 
chosen AS 
(SELECT available.workflow_uuid AS workflow_uuid 
FROM available 
WHERE (SELECT short.short 
FROM short) != 1 UNION ALL SELECT anon_10.workflow_uuid AS workflow_uuid 
FROM (SELECT anon_11.priority AS priority, anon_11.arrival AS arrival, anon_11.workflow_uuid AS workflow_uuid 
FROM (SELECT anon_12.priority AS priority, anon_12.arrival AS arrival, anon_12.workflow_uuid AS workflow_uuid 
FROM (SELECT anon_13.priority AS priority, anon_13.arrival AS arrival, anon_13.workflow_uuid AS workflow_uuid, anon_13.share AS share, row_number() OVER (PARTITION BY anon_13.queue_partition_key ORDER BY anon_13.priority, anon_13.arrival, anon_13.workflow_uuid) AS place 
FROM (SELECT oldest.queue_partition_key AS queue_partition_key, oldest.share AS share, of_each.priority AS priority, of_each.arrival AS arrival, of_each.workflow_uuid AS workflow_uuid 
FROM oldest JOIN workflow_status AS of_each ON of_each.workflow_uuid IN (SELECT workflow_status.workflow_uuid 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.status = 'ENQUEUED' AND (workflow_status.application_version IS NULL OR workflow_status.application_version = :application_version OR workflow_status.workflow_version IN (SELECT anon_18.value 
FROM json_each(:workflow_versions) AS anon_18) AND workflow_status.workflow_version = (SELECT json_extract(anon_19.value, '$[1]') AS json_extract_5 
FROM json_each(:version_of) AS anon_19 
WHERE json_extract(anon_19.value, '$[0]') = workflow_status.name)) AND workflow_status.queue_partition_key = oldest.queue_partition_key ORDER BY workflow_status.priority, workflow_status.arrival, workflow_status.workflow_uuid
 LIMIT min((SELECT room.most 
FROM room), :each, :each_here, :each_period) OFFSET 0)) AS anon_13) AS anon_12 
WHERE anon_12.place <= anon_12.share UNION ALL SELECT anon_20.priority AS priority, anon_20.arrival AS arrival, anon_20.workflow_uuid AS workflow_uuid 
FROM (SELECT workflow_status.queue_partition_key AS queue_partition_key, workflow_status.priority AS priority, workflow_status.arrival AS arrival, workflow_status.workflow_uuid AS workflow_uuid 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.status = 'ENQUEUED' AND (workflow_status.application_version IS NULL OR workflow_status.application_version = :application_version OR workflow_status.workflow_version IN (SELECT anon_21.value 
FROM json_each(:workflow_versions) AS anon_21) AND workflow_status.workflow_version = (SELECT json_extract(anon_22.value, '$[1]') AS json_extract_6 
FROM json_each(:version_of) AS anon_22 
WHERE json_extract(anon_22.value, '$[0]') = workflow_status.name)) AND CASE WHEN (workflow_status.queue_partition_key IS NULL) THEN 0 ELSE 1 END = 0 ORDER BY workflow_status.priority, workflow_status.arrival, workflow_status.workflow_uuid
 LIMIT (SELECT room.most 
FROM room) OFFSET 0) AS anon_20 
WHERE (SELECT short.short 
FROM short) = 1) AS anon_11 ORDER BY anon_11.priority, anon_11.arrival, anon_11.workflow_uuid
 LIMIT (SELECT room.most 
FROM room) OFFSET 0) AS anon_10 
WHERE (SELECT short.short 
FROM short) = 1)
 UPDATE workflow_status SET status='PENDING', executor_id=:executor_id, owner_xid=:owner, application_version=:application_version, workflow_version=coalesce((SELECT json_extract(anon_1.value, '$[1]') AS json_extract_1 
FROM json_each(:version_of) AS anon_1 
WHERE json_extract(anon_1.value, '$[0]') = workflow_status.name), workflow_status.workflow_version), recovery_attempts=(workflow_status.recovery_attempts + 1), executions=(workflow_status.executions + 1), started_at_epoch_ms=:now, updated_at=:now, workflow_deadline_epoch_ms=CASE WHEN (workflow_status.workflow_deadline_epoch_ms IS NULL) THEN :now + workflow_status.workflow_timeout_ms ELSE workflow_status.workflow_deadline_epoch_ms END, rate_limited=:limited WHERE workflow_status.workflow_uuid IN (SELECT chosen.workflow_uuid 
FROM chosen) AND workflow_status.status = 'ENQUEUED' RETURNING workflow_uuid, name, class_name, config_name, inputs, serialization, recovery_attempts, executions, workflow_deadline_epoch_ms, queue_name, authenticated_user, assumed_role, authenticated_roles, owner_xid, priority, arrival, queue_partition_key

-- partitions.TAKE_BY_PARTITION_CONCURRENCY
WITH RECURSIVE front AS 
(SELECT anon_2.queue_partition_key AS queue_partition_key, anon_2.priority AS priority, anon_2.arrival AS arrival, anon_2.workflow_uuid AS workflow_uuid, row_number() OVER (PARTITION BY anon_2.queue_partition_key ORDER BY anon_2.priority, anon_2.arrival, anon_2.workflow_uuid) AS place 
FROM (SELECT anon_3.queue_partition_key AS queue_partition_key, anon_3.priority AS priority, anon_3.arrival AS arrival, anon_3.workflow_uuid AS workflow_uuid 
FROM (SELECT workflow_status.queue_partition_key AS queue_partition_key, workflow_status.priority AS priority, workflow_status.arrival AS arrival, workflow_status.workflow_uuid AS workflow_uuid 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.status = 'ENQUEUED' AND (workflow_status.application_version IS NULL OR workflow_status.application_version = :application_version OR workflow_status.workflow_version IN (SELECT anon_4.value 
FROM json_each(:workflow_versions) AS anon_4) AND workflow_status.workflow_version = (SELECT json_extract(anon_5.value, '$[1]') AS json_extract_2 
FROM json_each(:version_of) AS anon_5 
WHERE json_extract(anon_5.value, '$[0]') = workflow_status.name)) AND CASE WHEN (workflow_status.queue_partition_key IS NULL) THEN 0 ELSE 1 END = 0 ORDER BY workflow_status.priority, workflow_status.arrival, workflow_status.workflow_uuid
 LIMIT :front OFFSET 0) AS anon_3 UNION ALL SELECT anon_6.queue_partition_key AS queue_partition_key, anon_6.priority AS priority, anon_6.arrival AS arrival, anon_6.workflow_uuid AS workflow_uuid 
FROM (SELECT workflow_status.queue_partition_key AS queue_partition_key, workflow_status.priority AS priority, workflow_status.arrival AS arrival, workflow_status.workflow_uuid AS workflow_uuid 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.status = 'ENQUEUED' AND (workflow_status.application_version IS NULL OR workflow_status.application_version = :application_version OR workflow_status.workflow_version IN (SELECT anon_7.value 
FROM json_each(:workflow_versions) AS anon_7) AND workflow_status.workflow_version = (SELECT json_extract(anon_8.value, '$[1]') AS json_extract_3 
FROM json_each(:version_of) AS anon_8 
WHERE json_extract(anon_8.value, '$[0]') = workflow_status.name)) AND CASE WHEN (workflow_status.queue_partition_key IS NULL) THEN 0 ELSE 1 END = 1 ORDER BY workflow_status.priority, workflow_status.arrival, workflow_status.workflow_uuid
 LIMIT :front OFFSET 0) AS anon_6) AS anon_2 ORDER BY anon_2.priority, anon_2.arrival, anon_2.workflow_uuid
 LIMIT :front OFFSET 0), 
room AS 
(SELECT max(0, min(:most, :concurrency - (SELECT count(*) AS count_1 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.status = 'PENDING'))) AS most), 
shares AS 
(SELECT anon_9.queue_partition_key AS queue_partition_key, min((SELECT room.most 
FROM room), CASE WHEN (:each < 4611686018427387904) THEN :each - (SELECT count(*) AS count_2 
FROM workflow_status AS of_key 
WHERE of_key.queue_name = :queue_name AND of_key.queue_partition_key = anon_9.queue_partition_key AND of_key.status = 'PENDING') ELSE 4611686018427387904 END, CASE WHEN (:each_here < 4611686018427387904) THEN :each_here - (SELECT count(*) AS count_2 
FROM workflow_status AS of_key 
WHERE of_key.queue_name = :queue_name AND of_key.queue_partition_key = anon_9.queue_partition_key AND of_key.status = 'PENDING' AND substr(of_key.owner_xid, 1, length(:process)) = :process) ELSE 4611686018427387904 END, CASE WHEN (:each_period < 4611686018427387904) THEN :each_period - (SELECT count(*) AS count_3 
FROM workflow_status AS of_key 
WHERE of_key.queue_name = :queue_name AND of_key.queue_partition_key = anon_9.queue_partition_key AND of_key.rate_limited = 1 AND of_key.started_at_epoch_ms > :each_since) ELSE 4611686018427387904 END) AS share 
FROM (SELECT DISTINCT front.queue_partition_key AS queue_partition_key 
FROM front) AS anon_9), 
available AS 
(SELECT front.priority AS priority, front.arrival AS arrival, front.workflow_uuid AS workflow_uuid 
FROM front LEFT OUTER JOIN shares ON shares.queue_partition_key = front.queue_partition_key 
WHERE front.queue_partition_key IS NULL OR front.place <= shares.share ORDER BY front.priority, front.arrival, front.workflow_uuid
 LIMIT (SELECT room.most 
FROM room) OFFSET 0), 
short AS 
(SELECT CASE WHEN ((SELECT count(*) AS count_4 
FROM front) >= :front AND (SELECT count(*) AS count_4 
FROM available) < (SELECT room.most 
FROM room)) THEN 1 ELSE 0 END AS short), 
keys(queue_partition_key) AS 
(SELECT (SELECT min(of_next_key.queue_partition_key) AS min_1 
FROM workflow_status AS of_next_key 
WHERE of_next_key.queue_name = :queue_name AND of_next_key.status = 'ENQUEUED' AND of_next_key.queue_partition_key IS NOT NULL) AS queue_partition_key 
WHERE (SELECT short.short 
FROM short) = 1 UNION ALL SELECT (SELECT min(of_next_key.queue_partition_key) AS min_1 
FROM workflow_status AS of_next_key 
WHERE of_next_key.queue_name = :queue_name AND of_next_key.status = 'ENQUEUED' AND of_next_key.queue_partition_key > keys.queue_partition_key) AS anon_15 
FROM keys 
WHERE keys.queue_partition_key IS NOT NULL), 
shares_behind AS 
(SELECT keys.queue_partition_key AS queue_partition_key, min((SELECT room.most 
FROM room), CASE WHEN (:each < 4611686018427387904) THEN :each - (SELECT count(*) AS count_5 
FROM workflow_status AS of_key 
WHERE of_key.queue_name = :queue_name AND of_key.queue_partition_key = keys.queue_partition_key AND of_key.status = 'PENDING') ELSE 4611686018427387904 END, CASE WHEN (:each_here < 4611686018427387904) THEN :each_here - (SELECT count(*) AS count_5 
FROM workflow_status AS of_key 
WHERE of_key.queue_name = :queue_name AND of_key.queue_partition_key = keys.queue_partition_key AND of_key.status = 'PENDING' AND substr(of_key.owner_xid, 1, length(:process)) = :process) ELSE 4611686018427387904 END, CASE WHEN (:each_period < 4611686018427387904) THEN :each_period - (SELECT count(*) AS count_6 
FROM workflow_status AS of_key 
WHERE of_key.queue_name = :queue_name AND of_key.queue_partition_key = keys.queue_partition_key AND of_key.rate_limited = 1 AND of_key.started_at_epoch_ms > :each_since) ELSE 4611686018427387904 END) AS share 
FROM keys 
WHERE keys.queue_partition_key IS NOT NULL), 
with_room AS 
(SELECT shares_behind.queue_partition_key AS queue_partition_key, shares_behind.share AS share 
FROM shares_behind 
WHERE shares_behind.share > 0), 
oldest AS 
(SELECT anon_14.queue_partition_key AS queue_partition_key, anon_14.share AS share 
FROM (SELECT with_room.queue_partition_key AS queue_partition_key, with_room.share AS share, of_each.priority AS priority, of_each.arrival AS arrival, of_each.workflow_uuid AS workflow_uuid 
FROM with_room JOIN workflow_status AS of_each ON of_each.workflow_uuid IN (SELECT workflow_status.workflow_uuid 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.status = 'ENQUEUED' AND (workflow_status.application_version IS NULL OR workflow_status.application_version = :application_version OR workflow_status.workflow_version IN (SELECT anon_16.value 
FROM json_each(:workflow_versions) AS anon_16) AND workflow_status.workflow_version = (SELECT json_extract(anon_17.value, '$[1]') AS json_extract_4 
FROM json_each(:version_of) AS anon_17 
WHERE json_extract(anon_17.value, '$[0]') = workflow_status.name)) AND workflow_status.queue_partition_key = with_room.queue_partition_key ORDER BY workflow_status.priority, workflow_status.arrival, workflow_status.workflow_uuid
 LIMIT 1 OFFSET 0)) AS anon_14 ORDER BY anon_14.priority, anon_14.arrival, anon_14.workflow_uuid
 LIMIT (SELECT room.most 
FROM room) OFFSET 0), 
chosen AS 
(SELECT available.workflow_uuid AS workflow_uuid 
FROM available 
WHERE (SELECT short.short 
FROM short) != 1 UNION ALL SELECT anon_10.workflow_uuid AS workflow_uuid 
FROM (SELECT anon_11.priority AS priority, anon_11.arrival AS arrival, anon_11.workflow_uuid AS workflow_uuid 
FROM (SELECT anon_12.priority AS priority, anon_12.arrival AS arrival, anon_12.workflow_uuid AS workflow_uuid 
FROM (SELECT anon_13.priority AS priority, anon_13.arrival AS arrival, anon_13.workflow_uuid AS workflow_uuid, anon_13.share AS share, row_number() OVER (PARTITION BY anon_13.queue_partition_key ORDER BY anon_13.priority, anon_13.arrival, anon_13.workflow_uuid) AS place 
FROM (SELECT oldest.queue_partition_key AS queue_partition_key, oldest.share AS share, of_each.priority AS priority, of_each.arrival AS arrival, of_each.workflow_uuid AS workflow_uuid 
FROM oldest JOIN workflow_status AS of_each ON of_each.workflow_uuid IN (SELECT workflow_status.workflow_uuid 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.status = 'ENQUEUED' AND (workflow_status.application_version IS NULL OR workflow_status.application_version = :application_version OR workflow_status.workflow_version IN (SELECT anon_18.value 
FROM json_each(:workflow_versions) AS anon_18) AND workflow_status.workflow_version = (SELECT json_extract(anon_19.value, '$[1]') AS json_extract_5 
FROM json_each(:version_of) AS anon_19 
WHERE json_extract(anon_19.value, '$[0]') = workflow_status.name)) AND workflow_status.queue_partition_key = oldest.queue_partition_key ORDER BY workflow_status.priority, workflow_status.arrival, workflow_status.workflow_uuid
 LIMIT min((SELECT room.most 
FROM room), :each, :each_here, :each_period) OFFSET 0)) AS anon_13) AS anon_12 
WHERE anon_12.place <= anon_12.share UNION ALL SELECT anon_20.priority AS priority, anon_20.arrival AS arrival, anon_20.workflow_uuid AS workflow_uuid 
FROM (SELECT workflow_status.queue_partition_key AS queue_partition_key, workflow_status.priority AS priority, workflow_status.arrival AS arrival, workflow_status.workflow_uuid AS workflow_uuid 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.status = 'ENQUEUED' AND (workflow_status.application_version IS NULL OR workflow_status.application_version = :application_version OR workflow_status.workflow_version IN (SELECT anon_21.value 
FROM json_each(:workflow_versions) AS anon_21) AND workflow_status.workflow_version = (SELECT json_extract(anon_22.value, '$[1]') AS json_extract_6 
FROM json_each(:version_of) AS anon_22 
WHERE json_extract(anon_22.value, '$[0]') = workflow_status.name)) AND CASE WHEN (workflow_status.queue_partition_key IS NULL) THEN 0 ELSE 1 END = 0 ORDER BY workflow_status.priority, workflow_status.arrival, workflow_status.workflow_uuid
 LIMIT (SELECT room.most 
FROM room) OFFSET 0) AS anon_20 
WHERE (SELECT short.short 
FROM short) = 1) AS anon_11 ORDER BY anon_11.priority, anon_11.arrival, anon_11.workflow_uuid
 LIMIT (SELECT room.most 
FROM room) OFFSET 0) AS anon_10 
WHERE (SELECT short.short 
FROM short) = 1)
 UPDATE workflow_status SET status='PENDING', executor_id=:executor_id, owner_xid=:owner, application_version=:application_version, workflow_version=coalesce((SELECT json_extract(anon_1.value, '$[1]') AS json_extract_1 
FROM json_each(:version_of) AS anon_1 
WHERE json_extract(anon_1.value, '$[0]') = workflow_status.name), workflow_status.workflow_version), recovery_attempts=(workflow_status.recovery_attempts + 1), executions=(workflow_status.executions + 1), started_at_epoch_ms=:now, updated_at=:now, workflow_deadline_epoch_ms=CASE WHEN (workflow_status.workflow_deadline_epoch_ms IS NULL) THEN :now + workflow_status.workflow_timeout_ms ELSE workflow_status.workflow_deadline_epoch_ms END, rate_limited=:limited WHERE workflow_status.workflow_uuid IN (SELECT chosen.workflow_uuid 
FROM chosen) AND workflow_status.status = 'ENQUEUED' RETURNING workflow_uuid, name, class_name, config_name, inputs, serialization, recovery_attempts, executions, workflow_deadline_epoch_ms, queue_name, authenticated_user, assumed_role, authenticated_roles, owner_xid, priority, arrival, queue_partition_key

-- partitions.TAKE_BY_PARTITION_CONCURRENCY_LIMIT
WITH RECURSIVE front AS 
(SELECT anon_2.queue_partition_key AS queue_partition_key, anon_2.priority AS priority, anon_2.arrival AS arrival, anon_2.workflow_uuid AS workflow_uuid, row_number() OVER (PARTITION BY anon_2.queue_partition_key ORDER BY anon_2.priority, anon_2.arrival, anon_2.workflow_uuid) AS place 
FROM (SELECT anon_3.queue_partition_key AS queue_partition_key, anon_3.priority AS priority, anon_3.arrival AS arrival, anon_3.workflow_uuid AS workflow_uuid 
FROM (SELECT workflow_status.queue_partition_key AS queue_partition_key, workflow_status.priority AS priority, workflow_status.arrival AS arrival, workflow_status.workflow_uuid AS workflow_uuid 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.status = 'ENQUEUED' AND (workflow_status.application_version IS NULL OR workflow_status.application_version = :application_version OR workflow_status.workflow_version IN (SELECT anon_4.value 
FROM json_each(:workflow_versions) AS anon_4) AND workflow_status.workflow_version = (SELECT json_extract(anon_5.value, '$[1]') AS json_extract_2 
FROM json_each(:version_of) AS anon_5 
WHERE json_extract(anon_5.value, '$[0]') = workflow_status.name)) AND CASE WHEN (workflow_status.queue_partition_key IS NULL) THEN 0 ELSE 1 END = 0 ORDER BY workflow_status.priority, workflow_status.arrival, workflow_status.workflow_uuid
 LIMIT :front OFFSET 0) AS anon_3 UNION ALL SELECT anon_6.queue_partition_key AS queue_partition_key, anon_6.priority AS priority, anon_6.arrival AS arrival, anon_6.workflow_uuid AS workflow_uuid 
FROM (SELECT workflow_status.queue_partition_key AS queue_partition_key, workflow_status.priority AS priority, workflow_status.arrival AS arrival, workflow_status.workflow_uuid AS workflow_uuid 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.status = 'ENQUEUED' AND (workflow_status.application_version IS NULL OR workflow_status.application_version = :application_version OR workflow_status.workflow_version IN (SELECT anon_7.value 
FROM json_each(:workflow_versions) AS anon_7) AND workflow_status.workflow_version = (SELECT json_extract(anon_8.value, '$[1]') AS json_extract_3 
FROM json_each(:version_of) AS anon_8 
WHERE json_extract(anon_8.value, '$[0]') = workflow_status.name)) AND CASE WHEN (workflow_status.queue_partition_key IS NULL) THEN 0 ELSE 1 END = 1 ORDER BY workflow_status.priority, workflow_status.arrival, workflow_status.workflow_uuid
 LIMIT :front OFFSET 0) AS anon_6) AS anon_2 ORDER BY anon_2.priority, anon_2.arrival, anon_2.workflow_uuid
 LIMIT :front OFFSET 0), 
room AS 
(SELECT max(0, min(:most, :concurrency - (SELECT count(*) AS count_1 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.status = 'PENDING'), :limit - (SELECT count(*) AS count_2 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.rate_limited = 1 AND workflow_status.started_at_epoch_ms > :since))) AS most), 
shares AS 
(SELECT anon_9.queue_partition_key AS queue_partition_key, min((SELECT room.most 
FROM room), CASE WHEN (:each < 4611686018427387904) THEN :each - (SELECT count(*) AS count_3 
FROM workflow_status AS of_key 
WHERE of_key.queue_name = :queue_name AND of_key.queue_partition_key = anon_9.queue_partition_key AND of_key.status = 'PENDING') ELSE 4611686018427387904 END, CASE WHEN (:each_here < 4611686018427387904) THEN :each_here - (SELECT count(*) AS count_3 
FROM workflow_status AS of_key 
WHERE of_key.queue_name = :queue_name AND of_key.queue_partition_key = anon_9.queue_partition_key AND of_key.status = 'PENDING' AND substr(of_key.owner_xid, 1, length(:process)) = :process) ELSE 4611686018427387904 END, CASE WHEN (:each_period < 4611686018427387904) THEN :each_period - (SELECT count(*) AS count_4 
FROM workflow_status AS of_key 
WHERE of_key.queue_name = :queue_name AND of_key.queue_partition_key = anon_9.queue_partition_key AND of_key.rate_limited = 1 AND of_key.started_at_epoch_ms > :each_since) ELSE 4611686018427387904 END) AS share 
FROM (SELECT DISTINCT front.queue_partition_key AS queue_partition_key 
FROM front) AS anon_9), 
available AS 
(SELECT front.priority AS priority, front.arrival AS arrival, front.workflow_uuid AS workflow_uuid 
FROM front LEFT OUTER JOIN shares ON shares.queue_partition_key = front.queue_partition_key 
WHERE front.queue_partition_key IS NULL OR front.place <= shares.share ORDER BY front.priority, front.arrival, front.workflow_uuid
 LIMIT (SELECT room.most 
FROM room) OFFSET 0), 
short AS 
(SELECT CASE WHEN ((SELECT count(*) AS count_5 
FROM front) >= :front AND (SELECT count(*) AS count_5 
FROM available) < (SELECT room.most 
FROM room)) THEN 1 ELSE 0 END AS short), 
keys(queue_partition_key) AS 
(SELECT (SELECT min(of_next_key.queue_partition_key) AS min_1 
FROM workflow_status AS of_next_key 
WHERE of_next_key.queue_name = :queue_name AND of_next_key.status = 'ENQUEUED' AND of_next_key.queue_partition_key IS NOT NULL) AS queue_partition_key 
WHERE (SELECT short.short 
FROM short) = 1 UNION ALL SELECT (SELECT min(of_next_key.queue_partition_key) AS min_1 
FROM workflow_status AS of_next_key 
WHERE of_next_key.queue_name = :queue_name AND of_next_key.status = 'ENQUEUED' AND of_next_key.queue_partition_key > keys.queue_partition_key) AS anon_15 
FROM keys 
WHERE keys.queue_partition_key IS NOT NULL), 
shares_behind AS 
(SELECT keys.queue_partition_key AS queue_partition_key, min((SELECT room.most 
FROM room), CASE WHEN (:each < 4611686018427387904) THEN :each - (SELECT count(*) AS count_6 
FROM workflow_status AS of_key 
WHERE of_key.queue_name = :queue_name AND of_key.queue_partition_key = keys.queue_partition_key AND of_key.status = 'PENDING') ELSE 4611686018427387904 END, CASE WHEN (:each_here < 4611686018427387904) THEN :each_here - (SELECT count(*) AS count_6 
FROM workflow_status AS of_key 
WHERE of_key.queue_name = :queue_name AND of_key.queue_partition_key = keys.queue_partition_key AND of_key.status = 'PENDING' AND substr(of_key.owner_xid, 1, length(:process)) = :process) ELSE 4611686018427387904 END, CASE WHEN (:each_period < 4611686018427387904) THEN :each_period - (SELECT count(*) AS count_7 
FROM workflow_status AS of_key 
WHERE of_key.queue_name = :queue_name AND of_key.queue_partition_key = keys.queue_partition_key AND of_key.rate_limited = 1 AND of_key.started_at_epoch_ms > :each_since) ELSE 4611686018427387904 END) AS share 
FROM keys 
WHERE keys.queue_partition_key IS NOT NULL), 
with_room AS 
(SELECT shares_behind.queue_partition_key AS queue_partition_key, shares_behind.share AS share 
FROM shares_behind 
WHERE shares_behind.share > 0), 
oldest AS 
(SELECT anon_14.queue_partition_key AS queue_partition_key, anon_14.share AS share 
FROM (SELECT with_room.queue_partition_key AS queue_partition_key, with_room.share AS share, of_each.priority AS priority, of_each.arrival AS arrival, of_each.workflow_uuid AS workflow_uuid 
FROM with_room JOIN workflow_status AS of_each ON of_each.workflow_uuid IN (SELECT workflow_status.workflow_uuid 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.status = 'ENQUEUED' AND (workflow_status.application_version IS NULL OR workflow_status.application_version = :application_version OR workflow_status.workflow_version IN (SELECT anon_16.value 
FROM json_each(:workflow_versions) AS anon_16) AND workflow_status.workflow_version = (SELECT json_extract(anon_17.value, '$[1]') AS json_extract_4 
FROM json_each(:version_of) AS anon_17 
WHERE json_extract(anon_17.value, '$[0]') = workflow_status.name)) AND workflow_status.queue_partition_key = with_room.queue_partition_key ORDER BY workflow_status.priority, workflow_status.arrival, workflow_status.workflow_uuid
 LIMIT 1 OFFSET 0)) AS anon_14 ORDER BY anon_14.priority, anon_14.arrival, anon_14.workflow_uuid
 LIMIT (SELECT room.most 
FROM room) OFFSET 0), 
chosen AS 
(SELECT available.workflow_uuid AS workflow_uuid 
FROM available 
WHERE (SELECT short.short 
FROM short) != 1 UNION ALL SELECT anon_10.workflow_uuid AS workflow_uuid 
FROM (SELECT anon_11.priority AS priority, anon_11.arrival AS arrival, anon_11.workflow_uuid AS workflow_uuid 
FROM (SELECT anon_12.priority AS priority, anon_12.arrival AS arrival, anon_12.workflow_uuid AS workflow_uuid 
FROM (SELECT anon_13.priority AS priority, anon_13.arrival AS arrival, anon_13.workflow_uuid AS workflow_uuid, anon_13.share AS share, row_number() OVER (PARTITION BY anon_13.queue_partition_key ORDER BY anon_13.priority, anon_13.arrival, anon_13.workflow_uuid) AS place 
FROM (SELECT oldest.queue_partition_key AS queue_partition_key, oldest.share AS share, of_each.priority AS priority, of_each.arrival AS arrival, of_each.workflow_uuid AS workflow_uuid 
FROM oldest JOIN workflow_status AS of_each ON of_each.workflow_uuid IN (SELECT workflow_status.workflow_uuid 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.status = 'ENQUEUED' AND (workflow_status.application_version IS NULL OR workflow_status.application_version = :application_version OR workflow_status.workflow_version IN (SELECT anon_18.value 
FROM json_each(:workflow_versions) AS anon_18) AND workflow_status.workflow_version = (SELECT json_extract(anon_19.value, '$[1]') AS json_extract_5 
FROM json_each(:version_of) AS anon_19 
WHERE json_extract(anon_19.value, '$[0]') = workflow_status.name)) AND workflow_status.queue_partition_key = oldest.queue_partition_key ORDER BY workflow_status.priority, workflow_status.arrival, workflow_status.workflow_uuid
 LIMIT min((SELECT room.most 
FROM room), :each, :each_here, :each_period) OFFSET 0)) AS anon_13) AS anon_12 
WHERE anon_12.place <= anon_12.share UNION ALL SELECT anon_20.priority AS priority, anon_20.arrival AS arrival, anon_20.workflow_uuid AS workflow_uuid 
FROM (SELECT workflow_status.queue_partition_key AS queue_partition_key, workflow_status.priority AS priority, workflow_status.arrival AS arrival, workflow_status.workflow_uuid AS workflow_uuid 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.status = 'ENQUEUED' AND (workflow_status.application_version IS NULL OR workflow_status.application_version = :application_version OR workflow_status.workflow_version IN (SELECT anon_21.value 
FROM json_each(:workflow_versions) AS anon_21) AND workflow_status.workflow_version = (SELECT json_extract(anon_22.value, '$[1]') AS json_extract_6 
FROM json_each(:version_of) AS anon_22 
WHERE json_extract(anon_22.value, '$[0]') = workflow_status.name)) AND CASE WHEN (workflow_status.queue_partition_key IS NULL) THEN 0 ELSE 1 END = 0 ORDER BY workflow_status.priority, workflow_status.arrival, workflow_status.workflow_uuid
 LIMIT (SELECT room.most 
FROM room) OFFSET 0) AS anon_20 
WHERE (SELECT short.short 
FROM short) = 1) AS anon_11 ORDER BY anon_11.priority, anon_11.arrival, anon_11.workflow_uuid
 LIMIT (SELECT room.most 
FROM room) OFFSET 0) AS anon_10 
WHERE (SELECT short.short 
FROM short) = 1)
 UPDATE workflow_status SET status='PENDING', executor_id=:executor_id, owner_xid=:owner, application_version=:application_version, workflow_version=coalesce((SELECT json_extract(anon_1.value, '$[1]') AS json_extract_1 
FROM json_each(:version_of) AS anon_1 
WHERE json_extract(anon_1.value, '$[0]') = workflow_status.name), workflow_status.workflow_version), recovery_attempts=(workflow_status.recovery_attempts + 1), executions=(workflow_status.executions + 1), started_at_epoch_ms=:now, updated_at=:now, workflow_deadline_epoch_ms=CASE WHEN (workflow_status.workflow_deadline_epoch_ms IS NULL) THEN :now + workflow_status.workflow_timeout_ms ELSE workflow_status.workflow_deadline_epoch_ms END, rate_limited=:limited WHERE workflow_status.workflow_uuid IN (SELECT chosen.workflow_uuid 
FROM chosen) AND workflow_status.status = 'ENQUEUED' RETURNING workflow_uuid, name, class_name, config_name, inputs, serialization, recovery_attempts, executions, workflow_deadline_epoch_ms, queue_name, authenticated_user, assumed_role, authenticated_roles, owner_xid, priority, arrival, queue_partition_key

-- partitions.TAKE_BY_PARTITION_LIMIT
WITH RECURSIVE front AS 
(SELECT anon_2.queue_partition_key AS queue_partition_key, anon_2.priority AS priority, anon_2.arrival AS arrival, anon_2.workflow_uuid AS workflow_uuid, row_number() OVER (PARTITION BY anon_2.queue_partition_key ORDER BY anon_2.priority, anon_2.arrival, anon_2.workflow_uuid) AS place 
FROM (SELECT anon_3.queue_partition_key AS queue_partition_key, anon_3.priority AS priority, anon_3.arrival AS arrival, anon_3.workflow_uuid AS workflow_uuid 
FROM (SELECT workflow_status.queue_partition_key AS queue_partition_key, workflow_status.priority AS priority, workflow_status.arrival AS arrival, workflow_status.workflow_uuid AS workflow_uuid 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.status = 'ENQUEUED' AND (workflow_status.application_version IS NULL OR workflow_status.application_version = :application_version OR workflow_status.workflow_version IN (SELECT anon_4.value 
FROM json_each(:workflow_versions) AS anon_4) AND workflow_status.workflow_version = (SELECT json_extract(anon_5.value, '$[1]') AS json_extract_2 
FROM json_each(:version_of) AS anon_5 
WHERE json_extract(anon_5.value, '$[0]') = workflow_status.name)) AND CASE WHEN (workflow_status.queue_partition_key IS NULL) THEN 0 ELSE 1 END = 0 ORDER BY workflow_status.priority, workflow_status.arrival, workflow_status.workflow_uuid
 LIMIT :front OFFSET 0) AS anon_3 UNION ALL SELECT anon_6.queue_partition_key AS queue_partition_key, anon_6.priority AS priority, anon_6.arrival AS arrival, anon_6.workflow_uuid AS workflow_uuid 
FROM (SELECT workflow_status.queue_partition_key AS queue_partition_key, workflow_status.priority AS priority, workflow_status.arrival AS arrival, workflow_status.workflow_uuid AS workflow_uuid 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.status = 'ENQUEUED' AND (workflow_status.application_version IS NULL OR workflow_status.application_version = :application_version OR workflow_status.workflow_version IN (SELECT anon_7.value 
FROM json_each(:workflow_versions) AS anon_7) AND workflow_status.workflow_version = (SELECT json_extract(anon_8.value, '$[1]') AS json_extract_3 
FROM json_each(:version_of) AS anon_8 
WHERE json_extract(anon_8.value, '$[0]') = workflow_status.name)) AND CASE WHEN (workflow_status.queue_partition_key IS NULL) THEN 0 ELSE 1 END = 1 ORDER BY workflow_status.priority, workflow_status.arrival, workflow_status.workflow_uuid
 LIMIT :front OFFSET 0) AS anon_6) AS anon_2 ORDER BY anon_2.priority, anon_2.arrival, anon_2.workflow_uuid
 LIMIT :front OFFSET 0), 
room AS 
(SELECT max(0, min(:most, :limit - (SELECT count(*) AS count_1 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.rate_limited = 1 AND workflow_status.started_at_epoch_ms > :since))) AS most), 
shares AS 
(SELECT anon_9.queue_partition_key AS queue_partition_key, min((SELECT room.most 
FROM room), CASE WHEN (:each < 4611686018427387904) THEN :each - (SELECT count(*) AS count_2 
FROM workflow_status AS of_key 
WHERE of_key.queue_name = :queue_name AND of_key.queue_partition_key = anon_9.queue_partition_key AND of_key.status = 'PENDING') ELSE 4611686018427387904 END, CASE WHEN (:each_here < 4611686018427387904) THEN :each_here - (SELECT count(*) AS count_2 
FROM workflow_status AS of_key 
WHERE of_key.queue_name = :queue_name AND of_key.queue_partition_key = anon_9.queue_partition_key AND of_key.status = 'PENDING' AND substr(of_key.owner_xid, 1, length(:process)) = :process) ELSE 4611686018427387904 END, CASE WHEN (:each_period < 4611686018427387904) THEN :each_period - (SELECT count(*) AS count_3 
FROM workflow_status AS of_key 
WHERE of_key.queue_name = :queue_name AND of_key.queue_partition_key = anon_9.queue_partition_key AND of_key.rate_limited = 1 AND of_key.started_at_epoch_ms > :each_since) ELSE 4611686018427387904 END) AS share 
FROM (SELECT DISTINCT front.queue_partition_key AS queue_partition_key 
FROM front) AS anon_9), 
available AS 
(SELECT front.priority AS priority, front.arrival AS arrival, front.workflow_uuid AS workflow_uuid 
FROM front LEFT OUTER JOIN shares ON shares.queue_partition_key = front.queue_partition_key 
WHERE front.queue_partition_key IS NULL OR front.place <= shares.share ORDER BY front.priority, front.arrival, front.workflow_uuid
 LIMIT (SELECT room.most 
FROM room) OFFSET 0), 
short AS 
(SELECT CASE WHEN ((SELECT count(*) AS count_4 
FROM front) >= :front AND (SELECT count(*) AS count_4 
FROM available) < (SELECT room.most 
FROM room)) THEN 1 ELSE 0 END AS short), 
keys(queue_partition_key) AS 
(SELECT (SELECT min(of_next_key.queue_partition_key) AS min_1 
FROM workflow_status AS of_next_key 
WHERE of_next_key.queue_name = :queue_name AND of_next_key.status = 'ENQUEUED' AND of_next_key.queue_partition_key IS NOT NULL) AS queue_partition_key 
WHERE (SELECT short.short 
FROM short) = 1 UNION ALL SELECT (SELECT min(of_next_key.queue_partition_key) AS min_1 
FROM workflow_status AS of_next_key 
WHERE of_next_key.queue_name = :queue_name AND of_next_key.status = 'ENQUEUED' AND of_next_key.queue_partition_key > keys.queue_partition_key) AS anon_15 
FROM keys 
WHERE keys.queue_partition_key IS NOT NULL), 
shares_behind AS 
(SELECT keys.queue_partition_key AS queue_partition_key, min((SELECT room.most 
FROM room), CASE WHEN (:each < 4611686018427387904) THEN :each - (SELECT count(*) AS count_5 
FROM workflow_status AS of_key 
WHERE of_key.queue_name = :queue_name AND of_key.queue_partition_key = keys.queue_partition_key AND of_key.status = 'PENDING') ELSE 4611686018427387904 END, CASE WHEN (:each_here < 4611686018427387904) THEN :each_here - (SELECT count(*) AS count_5 
FROM workflow_status AS of_key 
WHERE of_key.queue_name = :queue_name AND of_key.queue_partition_key = keys.queue_partition_key AND of_key.status = 'PENDING' AND substr(of_key.owner_xid, 1, length(:process)) = :process) ELSE 4611686018427387904 END, CASE WHEN (:each_period < 4611686018427387904) THEN :each_period - (SELECT count(*) AS count_6 
FROM workflow_status AS of_key 
WHERE of_key.queue_name = :queue_name AND of_key.queue_partition_key = keys.queue_partition_key AND of_key.rate_limited = 1 AND of_key.started_at_epoch_ms > :each_since) ELSE 4611686018427387904 END) AS share 
FROM keys 
WHERE keys.queue_partition_key IS NOT NULL), 
with_room AS 
(SELECT shares_behind.queue_partition_key AS queue_partition_key, shares_behind.share AS share 
FROM shares_behind 
WHERE shares_behind.share > 0), 
oldest AS 
(SELECT anon_14.queue_partition_key AS queue_partition_key, anon_14.share AS share 
FROM (SELECT with_room.queue_partition_key AS queue_partition_key, with_room.share AS share, of_each.priority AS priority, of_each.arrival AS arrival, of_each.workflow_uuid AS workflow_uuid 
FROM with_room JOIN workflow_status AS of_each ON of_each.workflow_uuid IN (SELECT workflow_status.workflow_uuid 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.status = 'ENQUEUED' AND (workflow_status.application_version IS NULL OR workflow_status.application_version = :application_version OR workflow_status.workflow_version IN (SELECT anon_16.value 
FROM json_each(:workflow_versions) AS anon_16) AND workflow_status.workflow_version = (SELECT json_extract(anon_17.value, '$[1]') AS json_extract_4 
FROM json_each(:version_of) AS anon_17 
WHERE json_extract(anon_17.value, '$[0]') = workflow_status.name)) AND workflow_status.queue_partition_key = with_room.queue_partition_key ORDER BY workflow_status.priority, workflow_status.arrival, workflow_status.workflow_uuid
 LIMIT 1 OFFSET 0)) AS anon_14 ORDER BY anon_14.priority, anon_14.arrival, anon_14.workflow_uuid
 LIMIT (SELECT room.most 
FROM room) OFFSET 0), 
chosen AS 
(SELECT available.workflow_uuid AS workflow_uuid 
FROM available 
WHERE (SELECT short.short 
FROM short) != 1 UNION ALL SELECT anon_10.workflow_uuid AS workflow_uuid 
FROM (SELECT anon_11.priority AS priority, anon_11.arrival AS arrival, anon_11.workflow_uuid AS workflow_uuid 
FROM (SELECT anon_12.priority AS priority, anon_12.arrival AS arrival, anon_12.workflow_uuid AS workflow_uuid 
FROM (SELECT anon_13.priority AS priority, anon_13.arrival AS arrival, anon_13.workflow_uuid AS workflow_uuid, anon_13.share AS share, row_number() OVER (PARTITION BY anon_13.queue_partition_key ORDER BY anon_13.priority, anon_13.arrival, anon_13.workflow_uuid) AS place 
FROM (SELECT oldest.queue_partition_key AS queue_partition_key, oldest.share AS share, of_each.priority AS priority, of_each.arrival AS arrival, of_each.workflow_uuid AS workflow_uuid 
FROM oldest JOIN workflow_status AS of_each ON of_each.workflow_uuid IN (SELECT workflow_status.workflow_uuid 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.status = 'ENQUEUED' AND (workflow_status.application_version IS NULL OR workflow_status.application_version = :application_version OR workflow_status.workflow_version IN (SELECT anon_18.value 
FROM json_each(:workflow_versions) AS anon_18) AND workflow_status.workflow_version = (SELECT json_extract(anon_19.value, '$[1]') AS json_extract_5 
FROM json_each(:version_of) AS anon_19 
WHERE json_extract(anon_19.value, '$[0]') = workflow_status.name)) AND workflow_status.queue_partition_key = oldest.queue_partition_key ORDER BY workflow_status.priority, workflow_status.arrival, workflow_status.workflow_uuid
 LIMIT min((SELECT room.most 
FROM room), :each, :each_here, :each_period) OFFSET 0)) AS anon_13) AS anon_12 
WHERE anon_12.place <= anon_12.share UNION ALL SELECT anon_20.priority AS priority, anon_20.arrival AS arrival, anon_20.workflow_uuid AS workflow_uuid 
FROM (SELECT workflow_status.queue_partition_key AS queue_partition_key, workflow_status.priority AS priority, workflow_status.arrival AS arrival, workflow_status.workflow_uuid AS workflow_uuid 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.status = 'ENQUEUED' AND (workflow_status.application_version IS NULL OR workflow_status.application_version = :application_version OR workflow_status.workflow_version IN (SELECT anon_21.value 
FROM json_each(:workflow_versions) AS anon_21) AND workflow_status.workflow_version = (SELECT json_extract(anon_22.value, '$[1]') AS json_extract_6 
FROM json_each(:version_of) AS anon_22 
WHERE json_extract(anon_22.value, '$[0]') = workflow_status.name)) AND CASE WHEN (workflow_status.queue_partition_key IS NULL) THEN 0 ELSE 1 END = 0 ORDER BY workflow_status.priority, workflow_status.arrival, workflow_status.workflow_uuid
 LIMIT (SELECT room.most 
FROM room) OFFSET 0) AS anon_20 
WHERE (SELECT short.short 
FROM short) = 1) AS anon_11 ORDER BY anon_11.priority, anon_11.arrival, anon_11.workflow_uuid
 LIMIT (SELECT room.most 
FROM room) OFFSET 0) AS anon_10 
WHERE (SELECT short.short 
FROM short) = 1)
 UPDATE workflow_status SET status='PENDING', executor_id=:executor_id, owner_xid=:owner, application_version=:application_version, workflow_version=coalesce((SELECT json_extract(anon_1.value, '$[1]') AS json_extract_1 
FROM json_each(:version_of) AS anon_1 
WHERE json_extract(anon_1.value, '$[0]') = workflow_status.name), workflow_status.workflow_version), recovery_attempts=(workflow_status.recovery_attempts + 1), executions=(workflow_status.executions + 1), started_at_epoch_ms=:now, updated_at=:now, workflow_deadline_epoch_ms=CASE WHEN (workflow_status.workflow_deadline_epoch_ms IS NULL) THEN :now + workflow_status.workflow_timeout_ms ELSE workflow_status.workflow_deadline_epoch_ms END, rate_limited=:limited WHERE workflow_status.workflow_uuid IN (SELECT chosen.workflow_uuid 
FROM chosen) AND workflow_status.status = 'ENQUEUED' RETURNING workflow_uuid, name, class_name, config_name, inputs, serialization, recovery_attempts, executions, workflow_deadline_epoch_ms, queue_name, authenticated_user, assumed_role, authenticated_roles, owner_xid, priority, arrival, queue_partition_key

-- pending.HELD_BY
SELECT workflow_status.workflow_uuid, workflow_status.name, workflow_status.owner_xid, workflow_status.executor_id, workflow_status.application_version, workflow_status.workflow_version, workflow_status.queue_name 
FROM workflow_status 
WHERE workflow_status.status = 'PENDING' AND workflow_status.executor_id = :executor_id

-- pending.ORPHANS
SELECT workflow_status.workflow_uuid, workflow_status.name, workflow_status.owner_xid, workflow_status.executor_id, workflow_status.application_version, workflow_status.workflow_version, workflow_status.queue_name, workflow_status.created_at, workflow_status.arrival 
FROM workflow_status 
WHERE workflow_status.status = 'PENDING' AND (coalesce(substr(workflow_status.owner_xid, 1, 16), '') NOT IN (SELECT anon_1.value 
FROM json_each(:alive) AS anon_1)) AND (NOT (EXISTS (SELECT 1 
FROM executors 
WHERE executors.process_token = coalesce(substr(workflow_status.owner_xid, 1, 16), ''))) OR coalesce(substr(workflow_status.owner_xid, 1, 16), '') IN (SELECT anon_2.value 
FROM json_each(:dead) AS anon_2)) AND (workflow_status.application_version IS NULL OR workflow_status.application_version = :application_version OR workflow_status.workflow_version IN (SELECT anon_3.value 
FROM json_each(:workflow_versions) AS anon_3))

-- queues.HOLDER
SELECT workflow_status.workflow_uuid 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.deduplication_id = :deduplication_id

-- registered_queues.LIST
SELECT queues.name, queues.options 
FROM queues ORDER BY queues.name

-- registered_queues.ONE
SELECT queues.options 
FROM queues 
WHERE queues.name = :name

-- registered_queues.ONE_TO_CHANGE
SELECT queues.options 
FROM queues 
WHERE queues.name = :name

-- registered_queues.REGISTER
INSERT INTO queues (name, options, created_at, updated_at) VALUES (:name, :options, :now, :now) ON CONFLICT (name) DO UPDATE SET options = :options, updated_at = :now

-- registered_queues.REMOVE
DELETE FROM queues WHERE queues.name = :name

-- renames.RENAME_WORKFLOW_SCHEDULES
UPDATE workflow_schedules SET application_name=:new_name WHERE workflow_schedules.schedule_name IN (SELECT workflow_schedules.schedule_name 
FROM workflow_schedules 
WHERE workflow_schedules.application_name = :former OR workflow_schedules.application_name IS NULL AND :with_nameless = 1
 LIMIT :most OFFSET 0)

-- renames.RENAME_WORKFLOW_STATUS
UPDATE workflow_status SET application_name=:new_name WHERE workflow_status.workflow_uuid IN (SELECT workflow_status.workflow_uuid 
FROM workflow_status 
WHERE workflow_status.application_name = :former OR workflow_status.application_name IS NULL AND :with_nameless = 1
 LIMIT :most OFFSET 0)

-- schedules.ANNOUNCE
INSERT INTO workflow_schedules (schedule_name, workflow_name, schedule, status, cron_timezone, queue_name, context, schedule_id, workflow_class_name, application_name, automatic_backfill, last_fired_at, created_at) VALUES (:schedule_name, :workflow_name, :schedule, :status, :cron_timezone, :queue_name, :context, :schedule_id, :workflow_class_name, :application_name, :automatic_backfill, :last_fired_at, :created_at) ON CONFLICT (schedule_name) DO UPDATE SET cron_timezone = :cron_timezone

-- schedules.CREATE
INSERT INTO workflow_schedules (schedule_name, workflow_name, schedule, status, cron_timezone, queue_name, context, schedule_id, workflow_class_name, application_name, automatic_backfill, last_fired_at, created_at) VALUES (:schedule_name, :workflow_name, :schedule, :status, :cron_timezone, :queue_name, :context, :schedule_id, :workflow_class_name, :application_name, :automatic_backfill, :last_fired_at, :created_at) ON CONFLICT (schedule_name) DO NOTHING

-- schedules.FIRED
UPDATE workflow_schedules SET last_fired_at=:last_fired_at WHERE workflow_schedules.schedule_name = :schedule_name AND coalesce(workflow_schedules.last_fired_at, 0) < :last_fired_at

-- schedules.LIST
SELECT workflow_schedules.schedule_name, workflow_schedules.workflow_name, workflow_schedules.schedule, workflow_schedules.status, workflow_schedules.cron_timezone, workflow_schedules.queue_name, workflow_schedules.context, workflow_schedules.schedule_id, workflow_schedules.workflow_class_name, workflow_schedules.application_name, workflow_schedules.automatic_backfill, workflow_schedules.last_fired_at, workflow_schedules.created_at 
FROM workflow_schedules ORDER BY workflow_schedules.schedule_name

-- schedules.REMOVE
DELETE FROM workflow_schedules WHERE workflow_schedules.schedule_name = :schedule_name AND workflow_schedules.status != 'DECLARED'

-- schedules.REPLACE
INSERT INTO workflow_schedules (schedule_name, workflow_name, schedule, status, cron_timezone, queue_name, context, schedule_id, workflow_class_name, application_name, automatic_backfill, last_fired_at, created_at) VALUES (:schedule_name, :workflow_name, :schedule, :status, :cron_timezone, :queue_name, :context, :schedule_id, :workflow_class_name, :application_name, :automatic_backfill, :last_fired_at, :created_at) ON CONFLICT (schedule_name) DO UPDATE SET workflow_name = :workflow_name, schedule = :schedule, cron_timezone = :cron_timezone, queue_name = :queue_name, context = :context, workflow_class_name = :workflow_class_name, application_name = :application_name, automatic_backfill = :automatic_backfill

-- schedules.SET_STATUS
UPDATE workflow_schedules SET status=:status WHERE workflow_schedules.schedule_name = :schedule_name AND workflow_schedules.status != 'DECLARED'

-- steps.RECORD
INSERT INTO operation_outputs (workflow_uuid, function_id, function_name, position, output, error, serialization, child_workflow_id, started_at_epoch_ms, completed_at_epoch_ms, input_digest) SELECT :workflow_uuid AS anon_2, :function_id AS anon_3, :function_name AS anon_4, :position AS anon_5, :output AS anon_6, :error AS anon_7, :serialization AS anon_8, :child_workflow_id AS anon_9, :started_at_epoch_ms AS anon_10, :completed_at_epoch_ms AS anon_11, :input_digest AS anon_12 
FROM workflow_status 
WHERE workflow_status.workflow_uuid = :workflow_uuid AND workflow_status.owner_xid = :owner AND workflow_status.status IN ('PENDING', 'CANCELLED') ON CONFLICT DO NOTHING RETURNING (SELECT workflow_status.status 
FROM workflow_status 
WHERE workflow_uuid = :workflow_uuid) AS anon_1

-- streams.APPEND
INSERT INTO streams (workflow_uuid, "key", "offset", function_id, value, serialization) SELECT :workflow_uuid AS anon_1, :key AS anon_2, (SELECT coalesce(max(streams."offset"), -1) + 1 AS anon_4 
FROM streams 
WHERE streams.workflow_uuid = :workflow_uuid AND streams."key" = :key) AS anon_3, :function_id AS anon_5, :value AS anon_6, :serialization AS anon_7 
WHERE NOT (EXISTS (SELECT streams."offset" 
FROM streams 
WHERE streams.workflow_uuid = :workflow_uuid AND streams."key" = :key AND streams.serialization = 'closed')) RETURNING "offset"

-- streams.IS_CLOSED
SELECT streams."offset" 
FROM streams 
WHERE streams.workflow_uuid = :workflow_uuid AND streams."key" = :key AND streams.serialization = 'closed'

-- streams.READ_ITEMS
SELECT streams.value, streams.serialization 
FROM streams 
WHERE streams.workflow_uuid = :workflow_uuid AND streams."key" = :key AND streams."offset" >= :first ORDER BY streams."offset"
 LIMIT :most OFFSET 0

-- taking.GUARD
SELECT anon_1.keyed, anon_1.first, anon_1.each_first 
FROM (SELECT EXISTS (SELECT 1 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.status = 'ENQUEUED' AND workflow_status.queue_partition_key IS NOT NULL) AS keyed, (SELECT min(workflow_status.started_at_epoch_ms) AS min_1 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.rate_limited = 1 AND workflow_status.started_at_epoch_ms > :since) AS first, (SELECT min(workflow_status.started_at_epoch_ms) AS min_2 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.rate_limited = 1 AND workflow_status.started_at_epoch_ms > :each_since) AS each_first) AS anon_1

-- taking.TAKE
WITH chosen AS 
(SELECT workflow_status.workflow_uuid AS workflow_uuid 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.status = 'ENQUEUED' AND (workflow_status.application_version IS NULL OR workflow_status.application_version = :application_version OR workflow_status.workflow_version IN (SELECT anon_2.value 
FROM json_each(:workflow_versions) AS anon_2) AND workflow_status.workflow_version = (SELECT json_extract(anon_3.value, '$[1]') AS json_extract_2 
FROM json_each(:version_of) AS anon_3 
WHERE json_extract(anon_3.value, '$[0]') = workflow_status.name)) AND CASE WHEN (workflow_status.queue_partition_key IS NULL) THEN 0 ELSE 1 END = 0 ORDER BY workflow_status.priority, workflow_status.arrival, workflow_status.workflow_uuid
 LIMIT :most OFFSET 0)
 UPDATE workflow_status SET status='PENDING', executor_id=:executor_id, owner_xid=:owner, application_version=:application_version, workflow_version=coalesce((SELECT json_extract(anon_1.value, '$[1]') AS json_extract_1 
FROM json_each(:version_of) AS anon_1 
WHERE json_extract(anon_1.value, '$[0]') = workflow_status.name), workflow_status.workflow_version), recovery_attempts=(workflow_status.recovery_attempts + 1), executions=(workflow_status.executions + 1), started_at_epoch_ms=:now, updated_at=:now, workflow_deadline_epoch_ms=CASE WHEN (workflow_status.workflow_deadline_epoch_ms IS NULL) THEN :now + workflow_status.workflow_timeout_ms ELSE workflow_status.workflow_deadline_epoch_ms END, rate_limited=:limited WHERE workflow_status.workflow_uuid IN (SELECT chosen.workflow_uuid 
FROM chosen) AND workflow_status.status = 'ENQUEUED' RETURNING workflow_uuid, name, class_name, config_name, inputs, serialization, recovery_attempts, executions, workflow_deadline_epoch_ms, queue_name, authenticated_user, assumed_role, authenticated_roles, owner_xid, priority, arrival, queue_partition_key

-- taking.TAKEN
SELECT workflow_status.workflow_uuid, workflow_status.name, workflow_status.class_name, workflow_status.config_name, workflow_status.inputs, workflow_status.serialization, workflow_status.recovery_attempts, workflow_status.executions, workflow_status.workflow_deadline_epoch_ms, workflow_status.queue_name, workflow_status.authenticated_user, workflow_status.assumed_role, workflow_status.authenticated_roles, workflow_status.owner_xid, workflow_status.priority, workflow_status.arrival, workflow_status.queue_partition_key 
FROM workflow_status 
WHERE workflow_status.status = 'PENDING' AND workflow_status.executor_id = :executor_id AND workflow_status.owner_xid = :owner

-- taking.TAKE_CONCURRENCY
WITH chosen AS 
(SELECT workflow_status.workflow_uuid AS workflow_uuid 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.status = 'ENQUEUED' AND (workflow_status.application_version IS NULL OR workflow_status.application_version = :application_version OR workflow_status.workflow_version IN (SELECT anon_2.value 
FROM json_each(:workflow_versions) AS anon_2) AND workflow_status.workflow_version = (SELECT json_extract(anon_3.value, '$[1]') AS json_extract_2 
FROM json_each(:version_of) AS anon_3 
WHERE json_extract(anon_3.value, '$[0]') = workflow_status.name)) AND CASE WHEN (workflow_status.queue_partition_key IS NULL) THEN 0 ELSE 1 END = 0 ORDER BY workflow_status.priority, workflow_status.arrival, workflow_status.workflow_uuid
 LIMIT max(0, min(:most, :concurrency - (SELECT count(*) AS count_1 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.status = 'PENDING'))) OFFSET 0)
 UPDATE workflow_status SET status='PENDING', executor_id=:executor_id, owner_xid=:owner, application_version=:application_version, workflow_version=coalesce((SELECT json_extract(anon_1.value, '$[1]') AS json_extract_1 
FROM json_each(:version_of) AS anon_1 
WHERE json_extract(anon_1.value, '$[0]') = workflow_status.name), workflow_status.workflow_version), recovery_attempts=(workflow_status.recovery_attempts + 1), executions=(workflow_status.executions + 1), started_at_epoch_ms=:now, updated_at=:now, workflow_deadline_epoch_ms=CASE WHEN (workflow_status.workflow_deadline_epoch_ms IS NULL) THEN :now + workflow_status.workflow_timeout_ms ELSE workflow_status.workflow_deadline_epoch_ms END, rate_limited=:limited WHERE workflow_status.workflow_uuid IN (SELECT chosen.workflow_uuid 
FROM chosen) AND workflow_status.status = 'ENQUEUED' RETURNING workflow_uuid, name, class_name, config_name, inputs, serialization, recovery_attempts, executions, workflow_deadline_epoch_ms, queue_name, authenticated_user, assumed_role, authenticated_roles, owner_xid, priority, arrival, queue_partition_key

-- taking.TAKE_CONCURRENCY_LIMIT
WITH chosen AS 
(SELECT workflow_status.workflow_uuid AS workflow_uuid 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.status = 'ENQUEUED' AND (workflow_status.application_version IS NULL OR workflow_status.application_version = :application_version OR workflow_status.workflow_version IN (SELECT anon_2.value 
FROM json_each(:workflow_versions) AS anon_2) AND workflow_status.workflow_version = (SELECT json_extract(anon_3.value, '$[1]') AS json_extract_2 
FROM json_each(:version_of) AS anon_3 
WHERE json_extract(anon_3.value, '$[0]') = workflow_status.name)) AND CASE WHEN (workflow_status.queue_partition_key IS NULL) THEN 0 ELSE 1 END = 0 ORDER BY workflow_status.priority, workflow_status.arrival, workflow_status.workflow_uuid
 LIMIT max(0, min(:most, :concurrency - (SELECT count(*) AS count_1 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.status = 'PENDING'), :limit - (SELECT count(*) AS count_2 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.rate_limited = 1 AND workflow_status.started_at_epoch_ms > :since))) OFFSET 0)
 UPDATE workflow_status SET status='PENDING', executor_id=:executor_id, owner_xid=:owner, application_version=:application_version, workflow_version=coalesce((SELECT json_extract(anon_1.value, '$[1]') AS json_extract_1 
FROM json_each(:version_of) AS anon_1 
WHERE json_extract(anon_1.value, '$[0]') = workflow_status.name), workflow_status.workflow_version), recovery_attempts=(workflow_status.recovery_attempts + 1), executions=(workflow_status.executions + 1), started_at_epoch_ms=:now, updated_at=:now, workflow_deadline_epoch_ms=CASE WHEN (workflow_status.workflow_deadline_epoch_ms IS NULL) THEN :now + workflow_status.workflow_timeout_ms ELSE workflow_status.workflow_deadline_epoch_ms END, rate_limited=:limited WHERE workflow_status.workflow_uuid IN (SELECT chosen.workflow_uuid 
FROM chosen) AND workflow_status.status = 'ENQUEUED' RETURNING workflow_uuid, name, class_name, config_name, inputs, serialization, recovery_attempts, executions, workflow_deadline_epoch_ms, queue_name, authenticated_user, assumed_role, authenticated_roles, owner_xid, priority, arrival, queue_partition_key

-- taking.TAKE_LIMIT
WITH chosen AS 
(SELECT workflow_status.workflow_uuid AS workflow_uuid 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.status = 'ENQUEUED' AND (workflow_status.application_version IS NULL OR workflow_status.application_version = :application_version OR workflow_status.workflow_version IN (SELECT anon_2.value 
FROM json_each(:workflow_versions) AS anon_2) AND workflow_status.workflow_version = (SELECT json_extract(anon_3.value, '$[1]') AS json_extract_2 
FROM json_each(:version_of) AS anon_3 
WHERE json_extract(anon_3.value, '$[0]') = workflow_status.name)) AND CASE WHEN (workflow_status.queue_partition_key IS NULL) THEN 0 ELSE 1 END = 0 ORDER BY workflow_status.priority, workflow_status.arrival, workflow_status.workflow_uuid
 LIMIT max(0, min(:most, :limit - (SELECT count(*) AS count_1 
FROM workflow_status 
WHERE workflow_status.queue_name = :queue_name AND workflow_status.rate_limited = 1 AND workflow_status.started_at_epoch_ms > :since))) OFFSET 0)
 UPDATE workflow_status SET status='PENDING', executor_id=:executor_id, owner_xid=:owner, application_version=:application_version, workflow_version=coalesce((SELECT json_extract(anon_1.value, '$[1]') AS json_extract_1 
FROM json_each(:version_of) AS anon_1 
WHERE json_extract(anon_1.value, '$[0]') = workflow_status.name), workflow_status.workflow_version), recovery_attempts=(workflow_status.recovery_attempts + 1), executions=(workflow_status.executions + 1), started_at_epoch_ms=:now, updated_at=:now, workflow_deadline_epoch_ms=CASE WHEN (workflow_status.workflow_deadline_epoch_ms IS NULL) THEN :now + workflow_status.workflow_timeout_ms ELSE workflow_status.workflow_deadline_epoch_ms END, rate_limited=:limited WHERE workflow_status.workflow_uuid IN (SELECT chosen.workflow_uuid 
FROM chosen) AND workflow_status.status = 'ENQUEUED' RETURNING workflow_uuid, name, class_name, config_name, inputs, serialization, recovery_attempts, executions, workflow_deadline_epoch_ms, queue_name, authenticated_user, assumed_role, authenticated_roles, owner_xid, priority, arrival, queue_partition_key

-- versions.LATEST
INSERT INTO application_versions (version_name, version_id, version_timestamp, created_at) VALUES (:version_name, :version_id, :now, :now) ON CONFLICT (version_name) DO UPDATE SET version_timestamp = :now

-- versions.LIST
SELECT application_versions.version_id, application_versions.version_name, application_versions.version_timestamp, application_versions.created_at 
FROM application_versions ORDER BY application_versions.version_timestamp DESC, application_versions.created_at DESC

-- versions.REGISTER
INSERT INTO application_versions (version_name, version_id, version_timestamp, created_at) VALUES (:version_name, :version_id, :now, :now) ON CONFLICT DO NOTHING

-- workflows.CANCEL
UPDATE workflow_status SET status='CANCELLED', queue_name=NULL, deduplication_id=NULL, completed_at=:now, updated_at=:now WHERE workflow_status.workflow_uuid IN (SELECT anon_1.value 
FROM json_each(:ids) AS anon_1) AND workflow_status.status IN ('PENDING', 'ENQUEUED', 'DELAYED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED') RETURNING workflow_uuid

-- workflows.CANCEL_LATE
UPDATE workflow_status SET status='CANCELLED', queue_name=NULL, deduplication_id=NULL, completed_at=:now, updated_at=:now WHERE workflow_status.workflow_uuid = :workflow_uuid AND workflow_status.status IN ('PENDING', 'ENQUEUED', 'DELAYED') AND workflow_status.workflow_deadline_epoch_ms <= :now

-- workflows.CLAIM
UPDATE workflow_status SET executor_id=:executor_id, owner_xid=:owner, application_version=:application_version, workflow_version=coalesce(:workflow_version, workflow_status.workflow_version), recovery_attempts=(workflow_status.recovery_attempts + 1), executions=(workflow_status.executions + 1), updated_at=:now WHERE workflow_status.workflow_uuid IN (SELECT workflow_status.workflow_uuid 
FROM workflow_status 
WHERE workflow_status.workflow_uuid = :workflow_uuid) AND workflow_status.status = 'PENDING' AND (coalesce(workflow_status.owner_xid, '') = :former_owner OR workflow_status.owner_xid = :owner) RETURNING workflow_uuid, name, class_name, config_name, inputs, serialization, recovery_attempts, executions, workflow_deadline_epoch_ms, queue_name, authenticated_user, assumed_role, authenticated_roles, owner_xid, priority, arrival, queue_partition_key

-- workflows.FINISH
UPDATE workflow_status SET status=:status, output=:output, error=:error, output_serialization=:serialization, deduplication_id=NULL, completed_at=:now, updated_at=:now WHERE workflow_status.workflow_uuid = :workflow_uuid AND workflow_status.owner_xid = :owner AND workflow_status.status = 'PENDING'

-- workflows.INSERT
INSERT INTO workflow_status (workflow_uuid, status, name, class_name, config_name, authenticated_user, assumed_role, authenticated_roles, inputs, serialization, executor_id, owner_xid, application_version, workflow_version, application_name, recovery_attempts, executions, queue_name, deduplication_id, queue_partition_key, priority, arrival, delay_until_epoch_ms, started_at_epoch_ms, created_at, updated_at, workflow_timeout_ms, workflow_deadline_epoch_ms, parent_workflow_id, forked_from, schedule_name, attributes, is_debounced, debounce_deadline_epoch_ms) VALUES (:workflow_uuid, :status, :name, :class_name, :config_name, :authenticated_user, :assumed_role, :authenticated_roles, :inputs, :serialization, :executor_id, :owner_xid, :application_version, :workflow_version, :application_name, :recovery_attempts, :executions, :queue_name, :deduplication_id, :queue_partition_key, :priority, :arrival, :delay_until_epoch_ms, :started_at_epoch_ms, :created_at, :created_at, :workflow_timeout_ms, :workflow_deadline_epoch_ms, :parent_workflow_id, :forked_from, :schedule_name, :attributes, :is_debounced, :debounce_deadline_epoch_ms) ON CONFLICT DO NOTHING RETURNING workflow_uuid

-- workflows.READ_ENDING
SELECT workflow_status.status, workflow_status.name, workflow_status.class_name, workflow_status.config_name, workflow_status.output, workflow_status.error, workflow_status.output_serialization, workflow_status.owner_xid, workflow_status.executor_id, workflow_status.queue_name 
FROM workflow_status 
WHERE workflow_status.workflow_uuid = :workflow_uuid

-- workflows.REQUEUE
UPDATE workflow_status SET status='ENQUEUED', owner_xid=NULL, application_version=coalesce(:application_version, workflow_status.application_version), workflow_version=coalesce(:workflow_version, workflow_status.workflow_version), updated_at=:now WHERE workflow_status.workflow_uuid IN (SELECT workflow_status.workflow_uuid 
FROM workflow_status 
WHERE workflow_status.workflow_uuid = :workflow_uuid) AND workflow_status.status = 'PENDING' AND coalesce(workflow_status.owner_xid, '') = :former_owner

-- workflows.RESUME
UPDATE workflow_status SET status='ENQUEUED', owner_xid=NULL, application_version=:application_version, workflow_version=NULL, recovery_attempts=0, queue_name=:queue_name, deduplication_id=NULL, queue_partition_key=NULL, delay_until_epoch_ms=NULL, started_at_epoch_ms=NULL, completed_at=NULL, updated_at=:now, workflow_timeout_ms=NULL, workflow_deadline_epoch_ms=NULL WHERE workflow_status.workflow_uuid IN (SELECT anon_1.value 
FROM json_each(:ids) AS anon_1) AND workflow_status.status IN ('PENDING', 'ENQUEUED', 'DELAYED', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED') AND (workflow_status.status != 'PENDING' OR coalesce(workflow_status.owner_xid, '') = :former_owner) RETURNING workflow_uuid

