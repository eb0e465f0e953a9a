-- aside.BLOCK
UPDATE "{schema}".workflow_status SET error=%(error)s::VARCHAR, output_serialization=%(serialization)s::VARCHAR, owner_xid=%(blocked_owner)s::VARCHAR, updated_at=%(now)s::BIGINT WHERE "{schema}".workflow_status.workflow_uuid = %(workflow_uuid)s::VARCHAR AND "{schema}".workflow_status.owner_xid = %(owner)s::VARCHAR AND "{schema}".workflow_status.status = 'PENDING'

-- aside.GIVE_UP
UPDATE "{schema}".workflow_status SET owner_xid=NULL, recovery_attempts=("{schema}".workflow_status.recovery_attempts - 1), executions=("{schema}".workflow_status.executions - 1), updated_at=%(now)s::BIGINT WHERE "{schema}".workflow_status.workflow_uuid = %(workflow_uuid)s::VARCHAR AND "{schema}".workflow_status.owner_xid = %(owner)s::VARCHAR AND "{schema}".workflow_status.status = 'PENDING'

-- aside.PARK
UPDATE "{schema}".workflow_status SET status='MAX_RECOVERY_ATTEMPTS_EXCEEDED', queue_name=NULL, deduplication_id=NULL, updated_at=%(now)s::BIGINT WHERE "{schema}".workflow_status.workflow_uuid = %(workflow_uuid)s::VARCHAR AND "{schema}".workflow_status.owner_xid = %(owner)s::VARCHAR AND "{schema}".workflow_status.status = 'PENDING'

-- awaited.AWAITED
SELECT 'queue' AS kind, queue, '', '' 
FROM unnest(%(queues)s::TEXT[]) AS queue 
WHERE EXISTS (SELECT * 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = queue AND ("{schema}".workflow_status.status = 'ENQUEUED' OR "{schema}".workflow_status.status = 'DELAYED' AND "{schema}".workflow_status.delay_until_epoch_ms <= %(now)s::BIGINT)) UNION ALL SELECT 'workflow' AS kind, "{schema}".workflow_status.workflow_uuid, '', '' 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.workflow_uuid = any(%(workflows)s::TEXT[]) AND (("{schema}".workflow_status.status NOT IN ('PENDING', 'ENQUEUED', 'DELAYED')) OR "{schema}".workflow_status.owner_xid LIKE '%%/blocked') UNION ALL SELECT 'message' AS kind, "{schema}".notifications.destination_uuid, "{schema}".notifications.topic, '' 
FROM "{schema}".notifications 
WHERE "{schema}".notifications.consumed = 0 AND "{schema}".notifications.destination_uuid = any(%(receivers)s::TEXT[]) UNION ALL SELECT 'event' AS kind, "{schema}".workflow_events.workflow_uuid, "{schema}".workflow_events.key, '' 
FROM "{schema}".workflow_events 
WHERE "{schema}".workflow_events.workflow_uuid = any(%(publishers)s::TEXT[]) UNION ALL SELECT 'stream' AS kind, "{schema}".streams.workflow_uuid, "{schema}".streams.key, CAST(max("{schema}".streams."offset") AS TEXT) AS max_1 
FROM "{schema}".streams 
WHERE "{schema}".streams.workflow_uuid = any(%(writers)s::TEXT[]) GROUP BY "{schema}".streams.workflow_uuid, "{schema}".streams.key

-- changes.QUEUE_OF
SELECT "{schema}".workflow_status.queue_name 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.workflow_uuid = %(workflow_uuid)s::VARCHAR

-- changes.READ_ATTRIBUTES
SELECT "{schema}".workflow_status.attributes 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.workflow_uuid = %(workflow_uuid)s::VARCHAR

-- changes.SET_ATTRIBUTES
UPDATE "{schema}".workflow_status SET updated_at=%(now)s::BIGINT, attributes=%(attributes)s::VARCHAR WHERE "{schema}".workflow_status.workflow_uuid = %(workflow_uuid)s::VARCHAR

-- changes.SET_DELAY
UPDATE "{schema}".workflow_status SET delay_until_epoch_ms=%(until)s::BIGINT, updated_at=%(now)s::BIGINT WHERE "{schema}".workflow_status.workflow_uuid = %(workflow_uuid)s::VARCHAR AND "{schema}".workflow_status.status = 'DELAYED'

-- children.START
WITH held AS 
(SELECT "{schema}".workflow_status.status AS seen 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.workflow_uuid = %(parent_id)s::VARCHAR AND "{schema}".workflow_status.owner_xid = %(parent_owner)s::VARCHAR AND "{schema}".workflow_status.status IN ('PENDING', 'CANCELLED') AND NOT (EXISTS (SELECT 1 
FROM "{schema}".workflow_status AS workflow_status_1 
WHERE workflow_status_1.workflow_uuid = %(workflow_uuid)s::VARCHAR)) AND NOT (EXISTS (SELECT 1 
FROM "{schema}".operation_outputs AS operation_outputs_1 
WHERE operation_outputs_1.workflow_uuid = %(parent_id)s::VARCHAR AND operation_outputs_1.function_id = %(step_function_id)s::BIGINT)) AND NOT (EXISTS (SELECT holder.status 
FROM "{schema}".workflow_status AS holder 
WHERE holder.queue_name = %(queue_name)s::VARCHAR AND holder.deduplication_id = %(deduplication_id)s::VARCHAR)) FOR SHARE OF workflow_status), 
part_0 AS 
(INSERT INTO "{schema}".workflow_status (workflow_uuid, status, name, inputs, serialization, created_at, arrival, class_name, config_name, authenticated_user, assumed_role, authenticated_roles, executor_id, owner_xid, application_version, workflow_version, application_name, recovery_attempts, executions, queue_name, deduplication_id, queue_partition_key, priority, delay_until_epoch_ms, started_at_epoch_ms, workflow_timeout_ms, workflow_deadline_epoch_ms, parent_workflow_id, forked_from, schedule_name, attributes, is_debounced, debounce_deadline_epoch_ms, updated_at) SELECT %(workflow_uuid)s::VARCHAR AS anon_1, %(status)s::VARCHAR AS anon_2, %(name)s::VARCHAR AS anon_3, %(inputs)s::VARCHAR AS anon_4, %(serialization)s::VARCHAR AS anon_5, %(created_at)s::BIGINT AS anon_6, %(arrival)s::BIGINT AS anon_7, %(class_name)s::VARCHAR AS anon_8, %(config_name)s::VARCHAR AS anon_9, %(authenticated_user)s::VARCHAR AS anon_10, %(assumed_role)s::VARCHAR AS anon_11, %(authenticated_roles)s::VARCHAR AS anon_12, %(executor_id)s::VARCHAR AS anon_13, %(owner_xid)s::VARCHAR AS anon_14, %(application_version)s::VARCHAR AS anon_15, %(workflow_version)s::VARCHAR AS anon_16, %(application_name)s::VARCHAR AS anon_17, %(recovery_attempts)s::BIGINT AS anon_18, %(executions)s::BIGINT AS anon_19, %(queue_name)s::VARCHAR AS anon_20, %(deduplication_id)s::VARCHAR AS anon_21, %(queue_partition_key)s::VARCHAR AS anon_22, %(priority)s::BIGINT AS anon_23, %(delay_until_epoch_ms)s::BIGINT AS anon_24, %(started_at_epoch_ms)s::BIGINT AS anon_25, %(workflow_timeout_ms)s::BIGINT AS anon_26, %(workflow_deadline_epoch_ms)s::BIGINT AS anon_27, %(parent_workflow_id)s::VARCHAR AS anon_28, %(forked_from)s::VARCHAR AS anon_29, %(schedule_name)s::VARCHAR AS anon_30, %(attributes)s::VARCHAR AS anon_31, %(is_debounced)s::BIGINT AS anon_32, %(debounce_deadline_epoch_ms)s::BIGINT AS anon_33, %(created_at)s::BIGINT AS anon_34 
FROM held ON CONFLICT DO NOTHING RETURNING "{schema}".workflow_status.workflow_uuid), 
part_1 AS 
(INSERT INTO "{schema}".operation_outputs (function_id, function_name, position, output, error, serialization, child_workflow_id, started_at_epoch_ms, completed_at_epoch_ms, input_digest, workflow_uuid) SELECT %(step_function_id)s::BIGINT AS anon_35, %(step_function_name)s::VARCHAR AS anon_36, %(step_position)s::VARCHAR AS anon_37, %(step_output)s::VARCHAR AS anon_38, %(step_error)s::VARCHAR AS anon_39, %(step_serialization)s::VARCHAR AS anon_40, %(step_child_workflow_id)s::VARCHAR AS anon_41, %(step_started_at_epoch_ms)s::BIGINT AS anon_42, %(step_completed_at_epoch_ms)s::BIGINT AS anon_43, %(step_input_digest)s::VARCHAR AS anon_44, %(parent_id)s::VARCHAR AS anon_45 
FROM part_0 ON CONFLICT DO NOTHING RETURNING "{schema}".operation_outputs.workflow_uuid)
 SELECT held.seen 
FROM held 
WHERE EXISTS (SELECT 1 
FROM part_1)

-- copies.COPY_EVENT_HISTORY
INSERT INTO "{schema}".workflow_events_history (workflow_uuid, function_id, key, value, serialization) SELECT %(new_id)s::VARCHAR AS anon_1, "{schema}".workflow_events_history.function_id, "{schema}".workflow_events_history.key, "{schema}".workflow_events_history.value, "{schema}".workflow_events_history.serialization 
FROM "{schema}".workflow_events_history 
WHERE "{schema}".workflow_events_history.workflow_uuid = %(old_id)s::VARCHAR AND "{schema}".workflow_events_history.function_id < %(start_step)s::BIGINT ON CONFLICT DO NOTHING

-- copies.COPY_STATUS
INSERT INTO "{schema}".workflow_status (name, class_name, config_name, authenticated_user, assumed_role, authenticated_roles, inputs, serialization, application_id, application_name, attributes, workflow_uuid, status, queue_name, queue_partition_key, application_version, workflow_timeout_ms, forked_from, created_at, updated_at, arrival, executions) SELECT "{schema}".workflow_status.name, "{schema}".workflow_status.class_name, "{schema}".workflow_status.config_name, "{schema}".workflow_status.authenticated_user, "{schema}".workflow_status.assumed_role, "{schema}".workflow_status.authenticated_roles, "{schema}".workflow_status.inputs, "{schema}".workflow_status.serialization, "{schema}".workflow_status.application_id, "{schema}".workflow_status.application_name, "{schema}".workflow_status.attributes, %(new_id)s::VARCHAR AS anon_1, %(status)s::VARCHAR AS anon_2, %(queue_name)s::VARCHAR AS anon_3, %(partition_key)s::VARCHAR AS anon_4, %(application_version)s::VARCHAR AS anon_5, %(timeout_ms)s::BIGINT AS anon_6, "{schema}".workflow_status.workflow_uuid, %(now)s::BIGINT AS anon_7, %(now)s::BIGINT AS anon_8, %(arrival)s::BIGINT AS anon_9, %(executions)s::BIGINT AS anon_10 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.workflow_uuid = %(old_id)s::VARCHAR ON CONFLICT DO NOTHING

-- copies.COPY_STEPS
INSERT INTO "{schema}".operation_outputs (workflow_uuid, function_id, function_name, output, error, serialization, child_workflow_id, started_at_epoch_ms, completed_at_epoch_ms, position) SELECT %(new_id)s::VARCHAR AS anon_1, "{schema}".operation_outputs.function_id, "{schema}".operation_outputs.function_name, "{schema}".operation_outputs.output, "{schema}".operation_outputs.error, "{schema}".operation_outputs.serialization, "{schema}".operation_outputs.child_workflow_id, "{schema}".operation_outputs.started_at_epoch_ms, "{schema}".operation_outputs.completed_at_epoch_ms, "{schema}".operation_outputs.position 
FROM "{schema}".operation_outputs 
WHERE "{schema}".operation_outputs.workflow_uuid = %(old_id)s::VARCHAR AND "{schema}".operation_outputs.function_id < %(start_step)s::BIGINT ON CONFLICT DO NOTHING

-- copies.COPY_STREAMS
INSERT INTO "{schema}".streams (workflow_uuid, key, "offset", function_id, value, serialization) SELECT %(new_id)s::VARCHAR AS anon_1, "{schema}".streams.key, "{schema}".streams."offset", "{schema}".streams.function_id, "{schema}".streams.value, "{schema}".streams.serialization 
FROM "{schema}".streams 
WHERE "{schema}".streams.workflow_uuid = %(old_id)s::VARCHAR AND "{schema}".streams.function_id < %(start_step)s::BIGINT ON CONFLICT DO NOTHING

-- copies.FORGET_RESULTS
DELETE FROM "{schema}".operation_outputs WHERE "{schema}".operation_outputs.workflow_uuid = %(new_id)s::VARCHAR AND ("{schema}".operation_outputs.function_name = 'DBOS.getResult' AND "{schema}".operation_outputs.child_workflow_id = %(child)s::VARCHAR OR "{schema}".operation_outputs.function_name = 'DBOS.waitFirst')

-- copies.KNOWN
SELECT "{schema}".workflow_status.status 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.workflow_uuid = %(workflow_uuid)s::VARCHAR

-- copies.NOTE_FORK
UPDATE "{schema}".workflow_status SET was_forked_from=1 WHERE "{schema}".workflow_status.workflow_uuid = %(old_id)s::VARCHAR

-- copies.ORIGIN
SELECT "{schema}".workflow_status.forked_from 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.workflow_uuid = %(workflow_uuid)s::VARCHAR

-- copies.POINT_TO
UPDATE "{schema}".operation_outputs SET child_workflow_id=%(replacement)s::VARCHAR WHERE "{schema}".operation_outputs.workflow_uuid = %(new_id)s::VARCHAR AND "{schema}".operation_outputs.child_workflow_id = %(child)s::VARCHAR

-- copies.RESTORE_EVENTS
INSERT INTO "{schema}".workflow_events (workflow_uuid, key, value, serialization) SELECT "{schema}".workflow_events_history.workflow_uuid, "{schema}".workflow_events_history.key, "{schema}".workflow_events_history.value, "{schema}".workflow_events_history.serialization 
FROM "{schema}".workflow_events_history JOIN (SELECT "{schema}".workflow_events_history.key AS key, max("{schema}".workflow_events_history.function_id) AS function_id 
FROM "{schema}".workflow_events_history 
WHERE "{schema}".workflow_events_history.workflow_uuid = %(new_id)s::VARCHAR GROUP BY "{schema}".workflow_events_history.key) AS anon_1 ON anon_1.key = "{schema}".workflow_events_history.key AND "{schema}".workflow_events_history.function_id = anon_1.function_id 
WHERE "{schema}".workflow_events_history.workflow_uuid = %(new_id)s::VARCHAR ON CONFLICT DO NOTHING

-- debounces.EXTEND
UPDATE "{schema}".workflow_status SET inputs=%(inputs)s::VARCHAR, serialization=%(serialization)s::VARCHAR, delay_until_epoch_ms=CASE WHEN ("{schema}".workflow_status.debounce_deadline_epoch_ms < %(until)s::BIGINT) THEN "{schema}".workflow_status.debounce_deadline_epoch_ms ELSE %(until)s::BIGINT END, updated_at=%(now)s::BIGINT WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.deduplication_id = %(deduplication_id)s::VARCHAR AND "{schema}".workflow_status.status = 'DELAYED' AND "{schema}".workflow_status.delay_until_epoch_ms > %(now)s::BIGINT RETURNING "{schema}".workflow_status.workflow_uuid

-- debounces.LET_GO
UPDATE "{schema}".workflow_status SET status='ENQUEUED', deduplication_id=NULL, updated_at=%(now)s::BIGINT WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.deduplication_id = %(deduplication_id)s::VARCHAR AND "{schema}".workflow_status.is_debounced = 1 AND "{schema}".workflow_status.status = 'DELAYED' AND "{schema}".workflow_status.delay_until_epoch_ms <= %(now)s::BIGINT

-- delays.NEXT_DELAYED
SELECT min("{schema}".workflow_status.delay_until_epoch_ms) AS min_1 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.status = 'DELAYED' AND "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR

-- delays.RELEASE_DELAYED
UPDATE "{schema}".workflow_status SET status='ENQUEUED', deduplication_id=CASE WHEN ("{schema}".workflow_status.is_debounced = 1) THEN NULL ELSE "{schema}".workflow_status.deduplication_id END, updated_at=%(now)s::BIGINT WHERE "{schema}".workflow_status.status = 'DELAYED' AND "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.delay_until_epoch_ms <= %(now)s::BIGINT

-- descendants.CHILDREN
SELECT "{schema}".workflow_status.workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.parent_workflow_id = any(%(ids)s::TEXT[])

-- descendants.FORKS
SELECT "{schema}".workflow_status.workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.forked_from = any(%(ids)s::TEXT[])

-- events.PUBLISH
INSERT INTO "{schema}".workflow_events (workflow_uuid, key, value, serialization) VALUES (%(workflow_uuid)s::VARCHAR, %(key)s::VARCHAR, %(value)s::VARCHAR, %(serialization)s::VARCHAR) ON CONFLICT (workflow_uuid, key) DO UPDATE SET value = %(value)s::VARCHAR, serialization = %(serialization)s::VARCHAR

-- events.PUBLISH_RECORDED
WITH held AS 
(SELECT "{schema}".workflow_status.status AS seen 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.workflow_uuid = %(parent_id)s::VARCHAR AND "{schema}".workflow_status.owner_xid = %(parent_owner)s::VARCHAR AND "{schema}".workflow_status.status IN ('PENDING', 'CANCELLED') AND NOT (EXISTS (SELECT 1 
FROM "{schema}".operation_outputs AS operation_outputs_1 
WHERE operation_outputs_1.workflow_uuid = %(parent_id)s::VARCHAR AND operation_outputs_1.function_id = %(step_function_id)s::BIGINT)) FOR SHARE OF workflow_status), 
part_0 AS 
(INSERT INTO "{schema}".operation_outputs (function_id, function_name, position, output, error, serialization, child_workflow_id, started_at_epoch_ms, completed_at_epoch_ms, input_digest, workflow_uuid) SELECT %(step_function_id)s::BIGINT AS anon_1, %(step_function_name)s::VARCHAR AS anon_2, %(step_position)s::VARCHAR AS anon_3, %(step_output)s::VARCHAR AS anon_4, %(step_error)s::VARCHAR AS anon_5, %(step_serialization)s::VARCHAR AS anon_6, %(step_child_workflow_id)s::VARCHAR AS anon_7, %(step_started_at_epoch_ms)s::BIGINT AS anon_8, %(step_completed_at_epoch_ms)s::BIGINT AS anon_9, %(step_input_digest)s::VARCHAR AS anon_10, %(parent_id)s::VARCHAR AS anon_11 
FROM held ON CONFLICT DO NOTHING RETURNING "{schema}".operation_outputs.workflow_uuid), 
part_1 AS 
(INSERT INTO "{schema}".workflow_events_history (workflow_uuid, key, value, serialization, function_id) SELECT %(parent_id)s::VARCHAR AS anon_12, %(event_key)s::VARCHAR AS anon_13, %(event_value)s::VARCHAR AS anon_14, %(event_serialization)s::VARCHAR AS anon_15, %(step_function_id)s::BIGINT AS anon_16 
FROM part_0 ON CONFLICT (workflow_uuid, key, function_id) DO UPDATE SET value = excluded.value, serialization = excluded.serialization RETURNING "{schema}".workflow_events_history.workflow_uuid), 
part_2 AS 
(INSERT INTO "{schema}".workflow_events (workflow_uuid, key, value, serialization) SELECT %(parent_id)s::VARCHAR AS anon_12, %(event_key)s::VARCHAR AS anon_13, %(event_value)s::VARCHAR AS anon_14, %(event_serialization)s::VARCHAR AS anon_15 
FROM part_1 ON CONFLICT (workflow_uuid, key) DO UPDATE SET value = excluded.value, serialization = excluded.serialization RETURNING "{schema}".workflow_events.workflow_uuid)
 SELECT held.seen 
FROM held 
WHERE EXISTS (SELECT 1 
FROM part_2)

-- events.READ_EVENT
SELECT "{schema}".workflow_events.value, "{schema}".workflow_events.serialization 
FROM "{schema}".workflow_events 
WHERE "{schema}".workflow_events.workflow_uuid = %(workflow_uuid)s::VARCHAR AND "{schema}".workflow_events.key = %(key)s::VARCHAR

-- events.READ_EVENTS
SELECT "{schema}".workflow_events.key, "{schema}".workflow_events.value, "{schema}".workflow_events.serialization 
FROM "{schema}".workflow_events 
WHERE "{schema}".workflow_events.workflow_uuid = %(workflow_uuid)s::VARCHAR

-- events.REMEMBER
INSERT INTO "{schema}".workflow_events_history (workflow_uuid, function_id, key, value, serialization) VALUES (%(workflow_uuid)s::VARCHAR, %(function_id)s::BIGINT, %(key)s::VARCHAR, %(value)s::VARCHAR, %(serialization)s::VARCHAR) ON CONFLICT (workflow_uuid, key, function_id) DO UPDATE SET value = %(value)s::VARCHAR, serialization = %(serialization)s::VARCHAR

-- events.TAKE_EVENT
INSERT INTO "{schema}".operation_outputs (function_id, function_name, position, output, error, serialization, child_workflow_id, started_at_epoch_ms, completed_at_epoch_ms, input_digest, workflow_uuid) SELECT %(step_function_id)s::BIGINT AS anon_2, %(step_function_name)s::VARCHAR AS anon_3, %(step_position)s::VARCHAR AS anon_4, "{schema}".workflow_events.value, %(step_error)s::VARCHAR AS anon_5, "{schema}".workflow_events.serialization, %(step_child_workflow_id)s::VARCHAR AS anon_6, %(step_started_at_epoch_ms)s::BIGINT AS anon_7, %(step_completed_at_epoch_ms)s::BIGINT AS anon_8, %(step_input_digest)s::VARCHAR AS anon_9, %(parent_id)s::VARCHAR AS anon_10 
FROM "{schema}".workflow_status JOIN "{schema}".workflow_events ON "{schema}".workflow_events.workflow_uuid = %(publisher_id)s::VARCHAR AND "{schema}".workflow_events.key = %(event_key)s::VARCHAR 
WHERE "{schema}".workflow_status.workflow_uuid = %(parent_id)s::VARCHAR AND "{schema}".workflow_status.owner_xid = %(parent_owner)s::VARCHAR AND "{schema}".workflow_status.status IN ('PENDING', 'CANCELLED') FOR SHARE OF workflow_status ON CONFLICT DO NOTHING RETURNING (SELECT "{schema}".workflow_status.status 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.workflow_uuid = %(parent_id)s::VARCHAR) AS anon_1, "{schema}".operation_outputs.output, "{schema}".operation_outputs.serialization

-- executors.BEAT
INSERT INTO "{schema}".executors (process_token, executor_id, host, process_start, application_version, pid, started_at, heartbeat_at, beats) VALUES (%(process_token)s::VARCHAR, %(executor_id)s::VARCHAR, %(host)s::VARCHAR, %(process_start)s::VARCHAR, %(application_version)s::VARCHAR, %(pid)s::BIGINT, %(now)s::BIGINT, %(now)s::BIGINT, %(beats)s::BIGINT) ON CONFLICT (process_token) DO UPDATE SET executor_id = %(executor_id)s::VARCHAR, application_version = %(application_version)s::VARCHAR, heartbeat_at = %(now)s::BIGINT, beats = ("{schema}".executors.beats + 1)

-- executors.BEAT_AND_LIST
WITH beat AS 
(INSERT INTO "{schema}".executors (process_token, executor_id, host, process_start, application_version, pid, started_at, heartbeat_at, beats) VALUES (%(process_token)s::VARCHAR, %(executor_id)s::VARCHAR, %(host)s::VARCHAR, %(process_start)s::VARCHAR, %(application_version)s::VARCHAR, %(pid)s::BIGINT, %(now)s::BIGINT, %(now)s::BIGINT, %(beats)s::BIGINT) ON CONFLICT (process_token) DO UPDATE SET executor_id = %(executor_id)s::VARCHAR, application_version = %(application_version)s::VARCHAR, heartbeat_at = %(now)s::BIGINT, beats = ("{schema}".executors.beats + 1))
 SELECT "{schema}".executors.process_token, "{schema}".executors.executor_id, "{schema}".executors.host, "{schema}".executors.process_start, "{schema}".executors.pid, "{schema}".executors.application_version, "{schema}".executors.beats 
FROM "{schema}".executors

-- executors.LIST
SELECT "{schema}".executors.process_token, "{schema}".executors.executor_id, "{schema}".executors.host, "{schema}".executors.process_start, "{schema}".executors.pid, "{schema}".executors.application_version, "{schema}".executors.beats 
FROM "{schema}".executors

-- executors.REMOVE
DELETE FROM "{schema}".executors WHERE "{schema}".executors.process_token IN (SELECT "{schema}".executors.process_token 
FROM "{schema}".executors 
WHERE "{schema}".executors.process_token = %(process_token)s::VARCHAR FOR UPDATE SKIP LOCKED)

-- histories.HISTORY
SELECT "{schema}".operation_outputs.workflow_uuid, "{schema}".operation_outputs.function_id, "{schema}".operation_outputs.function_name, "{schema}".operation_outputs.position, "{schema}".operation_outputs.output, "{schema}".operation_outputs.error, "{schema}".operation_outputs.serialization, "{schema}".operation_outputs.child_workflow_id, "{schema}".operation_outputs.started_at_epoch_ms, "{schema}".operation_outputs.completed_at_epoch_ms, "{schema}".operation_outputs.input_digest 
FROM "{schema}".operation_outputs 
WHERE "{schema}".operation_outputs.workflow_uuid = any(%(ids)s::TEXT[]) ORDER BY "{schema}".operation_outputs.workflow_uuid, "{schema}".operation_outputs.function_id

-- in_flight.ADOPT
UPDATE "{schema}".workflow_status SET application_version=%(application_version)s::VARCHAR, workflow_version=%(workflow_version)s::VARCHAR, updated_at=%(now)s::BIGINT WHERE "{schema}".workflow_status.workflow_uuid IN (SELECT "{schema}".workflow_status.workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.status IN ('ENQUEUED', 'DELAYED') AND "{schema}".workflow_status.name = %(name)s::VARCHAR AND "{schema}".workflow_status.application_version = %(former_application_version)s::VARCHAR AND "{schema}".workflow_status.workflow_version = %(former_workflow_version)s::VARCHAR 
 LIMIT %(most)s::BIGINT FOR UPDATE SKIP LOCKED) AND "{schema}".workflow_status.status IN ('ENQUEUED', 'DELAYED') RETURNING "{schema}".workflow_status.workflow_uuid

-- in_flight.BEGUN
SELECT "{schema}".workflow_status.queue_name, "{schema}".workflow_status.name, "{schema}".workflow_status.application_version, "{schema}".workflow_status.workflow_version, count(*) AS count_1, min("{schema}".workflow_status.workflow_uuid) AS min_1 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.application_version IS NOT NULL AND "{schema}".workflow_status.status = 'PENDING' AND NOT (coalesce(substr("{schema}".workflow_status.owner_xid, 1, 16), '') = any(%(alive)s::TEXT[])) AND (NOT (EXISTS (SELECT 1 
FROM "{schema}".executors 
WHERE "{schema}".executors.process_token = coalesce(substr("{schema}".workflow_status.owner_xid, 1, 16), ''))) OR coalesce(substr("{schema}".workflow_status.owner_xid, 1, 16), '') = any(%(dead)s::TEXT[])) AND NOT ("{schema}".workflow_status.application_version = any(%(served)s::TEXT[])) GROUP BY "{schema}".workflow_status.queue_name, "{schema}".workflow_status.name, "{schema}".workflow_status.application_version, "{schema}".workflow_status.workflow_version

-- in_flight.FREE
UPDATE "{schema}".workflow_status SET status='ENQUEUED', owner_xid=NULL, updated_at=%(now)s::BIGINT WHERE "{schema}".workflow_status.workflow_uuid IN (SELECT "{schema}".workflow_status.workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.status = 'PENDING' AND "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.application_version = %(application_version)s::VARCHAR AND NOT (coalesce(substr("{schema}".workflow_status.owner_xid, 1, 16), '') = any(%(alive)s::TEXT[])) AND (NOT (EXISTS (SELECT 1 
FROM "{schema}".executors 
WHERE "{schema}".executors.process_token = coalesce(substr("{schema}".workflow_status.owner_xid, 1, 16), ''))) OR coalesce(substr("{schema}".workflow_status.owner_xid, 1, 16), '') = any(%(dead)s::TEXT[])) FOR UPDATE SKIP LOCKED) AND "{schema}".workflow_status.status = 'PENDING' AND "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.application_version = %(application_version)s::VARCHAR AND NOT (coalesce(substr("{schema}".workflow_status.owner_xid, 1, 16), '') = any(%(alive)s::TEXT[])) AND (NOT (EXISTS (SELECT 1 
FROM "{schema}".executors 
WHERE "{schema}".executors.process_token = coalesce(substr("{schema}".workflow_status.owner_xid, 1, 16), ''))) OR coalesce(substr("{schema}".workflow_status.owner_xid, 1, 16), '') = any(%(dead)s::TEXT[]))

-- in_flight.OPERATIONS
SELECT "{schema}".operation_outputs.workflow_uuid, "{schema}".operation_outputs.position, "{schema}".operation_outputs.function_name, "{schema}".operation_outputs.child_workflow_id, "{schema}".operation_outputs.function_id 
FROM "{schema}".operation_outputs 
WHERE "{schema}".operation_outputs.workflow_uuid = any(%(ids)s::TEXT[]) ORDER BY "{schema}".operation_outputs.workflow_uuid, "{schema}".operation_outputs.function_id

-- in_flight.PAGE
SELECT "{schema}".workflow_status.workflow_uuid, "{schema}".workflow_status.name, "{schema}".workflow_status.status, "{schema}".workflow_status.queue_name, "{schema}".workflow_status.application_version, "{schema}".workflow_status.workflow_version, "{schema}".workflow_status.created_at, "{schema}".workflow_status.executions 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.status IN ('PENDING', 'ENQUEUED', 'DELAYED') AND "{schema}".workflow_status.workflow_uuid > %(after)s::VARCHAR ORDER BY "{schema}".workflow_status.workflow_uuid 
 LIMIT %(most)s::BIGINT

-- in_flight.QUEUED
SELECT "{schema}".workflow_status.queue_name, "{schema}".workflow_status.name, "{schema}".workflow_status.application_version, "{schema}".workflow_status.workflow_version, count(*) AS count_1, min("{schema}".workflow_status.workflow_uuid) AS min_1 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.application_version IS NOT NULL AND "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.status IN ('ENQUEUED', 'DELAYED') AND "{schema}".workflow_status.application_version = %(version)s::VARCHAR GROUP BY "{schema}".workflow_status.queue_name, "{schema}".workflow_status.name, "{schema}".workflow_status.application_version, "{schema}".workflow_status.workflow_version

-- in_flight.WAITING_VERSIONS
WITH RECURSIVE known(queue_name, version) AS 
(SELECT '' AS queue_name, '' AS version UNION ALL SELECT CASE WHEN ((SELECT min(waiting.application_version) AS min_1 
FROM "{schema}".workflow_status AS waiting 
WHERE waiting.status IN ('ENQUEUED', 'DELAYED') AND waiting.application_version IS NOT NULL AND waiting.queue_name = known.queue_name AND waiting.application_version > known.version) IS NULL) THEN (SELECT min(waiting.queue_name) AS min_2 
FROM "{schema}".workflow_status AS waiting 
WHERE waiting.status IN ('ENQUEUED', 'DELAYED') AND waiting.application_version IS NOT NULL AND waiting.queue_name > known.queue_name) ELSE known.queue_name END AS anon_1, coalesce((SELECT min(waiting.application_version) AS min_1 
FROM "{schema}".workflow_status AS waiting 
WHERE waiting.status IN ('ENQUEUED', 'DELAYED') AND waiting.application_version IS NOT NULL AND waiting.queue_name = known.queue_name AND waiting.application_version > known.version), '') AS coalesce_1 
FROM known 
WHERE known.queue_name IS NOT NULL)
 SELECT known.queue_name, known.version 
FROM known

-- inspection.LETTERS
SELECT "{schema}".notifications.topic, "{schema}".notifications.message, "{schema}".notifications.serialization, "{schema}".notifications.created_at_epoch_ms 
FROM "{schema}".notifications 
WHERE "{schema}".notifications.destination_uuid = %(workflow_uuid)s::VARCHAR AND "{schema}".notifications.consumed = 0 ORDER BY "{schema}".notifications.arrival 
 LIMIT %(most)s::BIGINT

-- inspection.NAMES
SELECT "{schema}".operation_outputs.function_name, "{schema}".operation_outputs.position, "{schema}".operation_outputs.error IS NOT NULL AS anon_1 
FROM "{schema}".operation_outputs 
WHERE "{schema}".operation_outputs.workflow_uuid = %(workflow_uuid)s::VARCHAR ORDER BY "{schema}".operation_outputs.function_id 
 LIMIT %(most)s::BIGINT

-- inspection.OPERATIONS
SELECT "{schema}".operation_outputs.function_id, "{schema}".operation_outputs.function_name, "{schema}".operation_outputs.position, "{schema}".operation_outputs.output, "{schema}".operation_outputs.error, "{schema}".operation_outputs.serialization, "{schema}".operation_outputs.child_workflow_id, "{schema}".operation_outputs.started_at_epoch_ms, "{schema}".operation_outputs.completed_at_epoch_ms 
FROM "{schema}".operation_outputs 
WHERE "{schema}".operation_outputs.workflow_uuid = %(workflow_uuid)s::VARCHAR AND "{schema}".operation_outputs.function_id > %(after)s::BIGINT ORDER BY "{schema}".operation_outputs.function_id 
 LIMIT %(most)s::BIGINT

-- inspection.PROCESSES
SELECT "{schema}".executors.process_token, "{schema}".executors.executor_id, "{schema}".executors.host, "{schema}".executors.pid, "{schema}".executors.application_version, "{schema}".executors.started_at, "{schema}".executors.heartbeat_at 
FROM "{schema}".executors ORDER BY "{schema}".executors.started_at DESC

-- inspection.STATUSES
SELECT anon_1.status, count(*) AS count_1 
FROM (SELECT "{schema}".workflow_status.status AS status 
FROM "{schema}".workflow_status ORDER BY "{schema}".workflow_status.created_at DESC, "{schema}".workflow_status.workflow_uuid DESC 
 LIMIT 50000) AS anon_1 GROUP BY anon_1.status

-- inspection.STREAMS
SELECT anon_1.key, anon_1.values, "{schema}".streams.value, "{schema}".streams.serialization 
FROM (SELECT "{schema}".streams.key AS key, count(*) AS values, max("{schema}".streams."offset") AS last 
FROM "{schema}".streams 
WHERE "{schema}".streams.workflow_uuid = %(workflow_uuid)s::VARCHAR GROUP BY "{schema}".streams.key) AS anon_1 JOIN "{schema}".streams ON "{schema}".streams.workflow_uuid = %(workflow_uuid)s::VARCHAR AND "{schema}".streams.key = anon_1.key AND "{schema}".streams."offset" = anon_1.last ORDER BY anon_1.key 
 LIMIT %(most)s::BIGINT

-- messages.CONSUME
UPDATE "{schema}".notifications SET consumed=1, consumed_by_position=%(position)s::VARCHAR WHERE "{schema}".notifications.message_uuid = (SELECT unread.message_uuid 
FROM "{schema}".notifications AS unread 
WHERE unread.destination_uuid = %(workflow_uuid)s::VARCHAR AND unread.topic = %(topic)s::VARCHAR AND unread.consumed = 0 ORDER BY unread.arrival, unread.message_uuid 
 LIMIT 1) AND (EXISTS (SELECT 1 AS anon_1 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.workflow_uuid = %(workflow_uuid)s::VARCHAR AND "{schema}".workflow_status.owner_xid = %(owner)s::VARCHAR AND "{schema}".workflow_status.status = 'PENDING')) RETURNING "{schema}".notifications.message, "{schema}".notifications.serialization

-- messages.CONSUMED
SELECT "{schema}".notifications.message, "{schema}".notifications.serialization 
FROM "{schema}".notifications 
WHERE "{schema}".notifications.destination_uuid = %(workflow_uuid)s::VARCHAR AND "{schema}".notifications.consumed_by_position = %(position)s::VARCHAR

-- messages.RECEIVER
SELECT "{schema}".workflow_status.status 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.workflow_uuid = %(destination_uuid)s::VARCHAR

-- messages.SEND
INSERT INTO "{schema}".notifications (message_uuid, destination_uuid, topic, message, serialization, created_at_epoch_ms, arrival, consumed) SELECT %(message_uuid)s::VARCHAR AS anon_1, %(destination_uuid)s::VARCHAR AS anon_2, %(topic)s::VARCHAR AS anon_3, %(message)s::VARCHAR AS anon_4, %(serialization)s::VARCHAR AS anon_5, %(created_at_epoch_ms)s::BIGINT AS anon_6, %(arrival)s::BIGINT AS anon_7, 0 AS anon_8 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.workflow_uuid = %(destination_uuid)s::VARCHAR ON CONFLICT DO NOTHING

-- messages.SEND_RECORDED
WITH held AS 
(SELECT "{schema}".workflow_status.status AS seen 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.workflow_uuid = %(parent_id)s::VARCHAR AND "{schema}".workflow_status.owner_xid = %(parent_owner)s::VARCHAR AND "{schema}".workflow_status.status IN ('PENDING', 'CANCELLED') AND NOT (EXISTS (SELECT 1 
FROM "{schema}".notifications AS notifications_1 
WHERE notifications_1.message_uuid = %(message_uuid)s::VARCHAR)) AND NOT (EXISTS (SELECT 1 
FROM "{schema}".operation_outputs AS operation_outputs_1 
WHERE operation_outputs_1.workflow_uuid = %(parent_id)s::VARCHAR AND operation_outputs_1.function_id = %(step_function_id)s::BIGINT)) AND (EXISTS (SELECT receiver.status 
FROM "{schema}".workflow_status AS receiver 
WHERE receiver.workflow_uuid = %(destination_uuid)s::VARCHAR)) FOR SHARE OF workflow_status), 
part_0 AS 
(INSERT INTO "{schema}".notifications (message_uuid, destination_uuid, topic, message, serialization, created_at_epoch_ms, arrival) SELECT %(message_uuid)s::VARCHAR AS anon_1, %(destination_uuid)s::VARCHAR AS anon_2, %(topic)s::VARCHAR AS anon_3, %(message)s::VARCHAR AS anon_4, %(serialization)s::VARCHAR AS anon_5, %(created_at_epoch_ms)s::BIGINT AS anon_6, %(arrival)s::BIGINT AS anon_7 
FROM held ON CONFLICT DO NOTHING RETURNING "{schema}".notifications.message_uuid), 
part_1 AS 
(INSERT INTO "{schema}".operation_outputs (function_id, function_name, position, output, error, serialization, child_workflow_id, started_at_epoch_ms, completed_at_epoch_ms, input_digest, workflow_uuid) SELECT %(step_function_id)s::BIGINT AS anon_8, %(step_function_name)s::VARCHAR AS anon_9, %(step_position)s::VARCHAR AS anon_10, %(step_output)s::VARCHAR AS anon_11, %(step_error)s::VARCHAR AS anon_12, %(step_serialization)s::VARCHAR AS anon_13, %(step_child_workflow_id)s::VARCHAR AS anon_14, %(step_started_at_epoch_ms)s::BIGINT AS anon_15, %(step_completed_at_epoch_ms)s::BIGINT AS anon_16, %(step_input_digest)s::VARCHAR AS anon_17, %(parent_id)s::VARCHAR AS anon_18 
FROM part_0 ON CONFLICT DO NOTHING RETURNING "{schema}".operation_outputs.workflow_uuid)
 SELECT held.seen 
FROM held 
WHERE EXISTS (SELECT 1 
FROM part_1)

-- migrations.PRELUDE
CREATE SCHEMA IF NOT EXISTS "{schema}"
;

CREATE TABLE IF NOT EXISTS "{schema}".dbos_migrations (
	version BIGSERIAL NOT NULL, 
	PRIMARY KEY (version)
)



-- migrations.STEP_1

CREATE TABLE IF NOT EXISTS "{schema}".application_versions (
	version_name TEXT NOT NULL, 
	version_id TEXT, 
	version_timestamp BIGINT, 
	created_at BIGINT, 
	PRIMARY KEY (version_name)
)


;

CREATE TABLE IF NOT EXISTS "{schema}".executors (
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

CREATE TABLE IF NOT EXISTS "{schema}".notifications (
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
CREATE INDEX IF NOT EXISTS notifications_unread ON "{schema}".notifications (destination_uuid, topic, arrival) WHERE consumed = 0
;

CREATE TABLE IF NOT EXISTS "{schema}".operation_outputs (
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

CREATE TABLE IF NOT EXISTS "{schema}".queues (
	name TEXT NOT NULL, 
	options TEXT, 
	created_at BIGINT, 
	updated_at BIGINT, 
	PRIMARY KEY (name)
)


;

CREATE TABLE IF NOT EXISTS "{schema}".streams (
	workflow_uuid TEXT NOT NULL, 
	key TEXT NOT NULL, 
	"offset" INTEGER NOT NULL, 
	function_id INTEGER, 
	value TEXT, 
	serialization TEXT, 
	PRIMARY KEY (workflow_uuid, key, "offset")
)


;

CREATE TABLE IF NOT EXISTS "{schema}".transaction_outputs (
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

CREATE TABLE IF NOT EXISTS "{schema}".workflow_events (
	workflow_uuid TEXT NOT NULL, 
	key TEXT NOT NULL, 
	value TEXT, 
	serialization TEXT, 
	PRIMARY KEY (workflow_uuid, key)
)


;

CREATE TABLE IF NOT EXISTS "{schema}".workflow_events_history (
	workflow_uuid TEXT NOT NULL, 
	function_id INTEGER NOT NULL, 
	key TEXT NOT NULL, 
	value TEXT, 
	serialization TEXT, 
	PRIMARY KEY (workflow_uuid, key, function_id)
)


;

CREATE TABLE IF NOT EXISTS "{schema}".workflow_schedules (
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

CREATE TABLE IF NOT EXISTS "{schema}".workflow_status (
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
CREATE UNIQUE INDEX IF NOT EXISTS workflow_status_deduplication ON "{schema}".workflow_status (queue_name, deduplication_id) WHERE deduplication_id IS NOT NULL
;
CREATE INDEX IF NOT EXISTS workflow_status_parent ON "{schema}".workflow_status (parent_workflow_id) WHERE parent_workflow_id IS NOT NULL
;
CREATE INDEX IF NOT EXISTS workflow_status_pending ON "{schema}".workflow_status (executor_id) WHERE status = 'PENDING'
;
INSERT INTO "{schema}".dbos_migrations (version) VALUES (1)

-- migrations.STEP_2
DROP INDEX IF EXISTS "{schema}".workflow_status_queue
;
DROP INDEX IF EXISTS "{schema}".workflow_status_partition
;
DROP INDEX IF EXISTS "{schema}".workflow_status_started
;
DROP INDEX IF EXISTS "{schema}".workflow_status_created
;
CREATE INDEX IF NOT EXISTS workflow_status_age ON "{schema}".workflow_status (created_at, arrival, workflow_uuid)
;
CREATE INDEX IF NOT EXISTS workflow_status_delayed ON "{schema}".workflow_status (queue_name, delay_until_epoch_ms) WHERE status = 'DELAYED'
;
CREATE INDEX IF NOT EXISTS workflow_status_partition_starts ON "{schema}".workflow_status (queue_name, queue_partition_key, started_at_epoch_ms) WHERE rate_limited = 1 AND queue_partition_key IS NOT NULL
;
CREATE INDEX IF NOT EXISTS workflow_status_partition_turn ON "{schema}".workflow_status (queue_name, status, queue_partition_key, priority, arrival) WHERE queue_partition_key IS NOT NULL
;
CREATE INDEX IF NOT EXISTS workflow_status_starts ON "{schema}".workflow_status (queue_name, started_at_epoch_ms) WHERE rate_limited = 1
;
CREATE INDEX IF NOT EXISTS workflow_status_turn ON "{schema}".workflow_status (queue_name, status, (CASE WHEN (queue_partition_key IS NULL) THEN 0 ELSE 1 END), priority, arrival) WHERE queue_name IS NOT NULL
;
CREATE INDEX IF NOT EXISTS workflow_status_waiting ON "{schema}".workflow_status (queue_name, application_version) WHERE status IN ('ENQUEUED', 'DELAYED') AND application_version IS NOT NULL
;
INSERT INTO "{schema}".dbos_migrations (version) VALUES (2)

-- migrations.VERSION
SELECT max("{schema}".dbos_migrations.version) AS max_1 
FROM "{schema}".dbos_migrations

-- occupancy.COUNT
SELECT "{schema}".workflow_status.queue_name, "{schema}".workflow_status.status, count(*) AS count_1, min("{schema}".workflow_status.created_at) AS min_1 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name IS NOT NULL AND "{schema}".workflow_status.status IN ('PENDING', 'ENQUEUED', 'DELAYED') GROUP BY "{schema}".workflow_status.queue_name, "{schema}".workflow_status.status

-- partitions.TAKE_BY_PARTITION
WITH RECURSIVE front AS 
(SELECT anon_1.queue_partition_key AS queue_partition_key, anon_1.priority AS priority, anon_1.arrival AS arrival, anon_1.workflow_uuid AS workflow_uuid, row_number() OVER (PARTITION BY anon_1.queue_partition_key ORDER BY anon_1.priority, anon_1.arrival, anon_1.workflow_uuid) AS place 
FROM (SELECT anon_2.queue_partition_key AS queue_partition_key, anon_2.priority AS priority, anon_2.arrival AS arrival, anon_2.workflow_uuid AS workflow_uuid 
FROM (SELECT "{schema}".workflow_status.queue_partition_key AS queue_partition_key, "{schema}".workflow_status.priority AS priority, "{schema}".workflow_status.arrival AS arrival, "{schema}".workflow_status.workflow_uuid AS workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.status = 'ENQUEUED' AND ("{schema}".workflow_status.application_version IS NULL OR "{schema}".workflow_status.application_version = %(application_version)s::VARCHAR OR "{schema}".workflow_status.workflow_version = any(%(workflow_versions)s::TEXT[]) AND "{schema}".workflow_status.workflow_version = (CAST(%(version_of)s::VARCHAR AS JSON) ->> "{schema}".workflow_status.name)) AND CASE WHEN ("{schema}".workflow_status.queue_partition_key IS NULL) THEN 0 ELSE 1 END = 0 ORDER BY "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.workflow_uuid 
 LIMIT %(front)s::BIGINT) AS anon_2 UNION ALL SELECT anon_3.queue_partition_key AS queue_partition_key, anon_3.priority AS priority, anon_3.arrival AS arrival, anon_3.workflow_uuid AS workflow_uuid 
FROM (SELECT "{schema}".workflow_status.queue_partition_key AS queue_partition_key, "{schema}".workflow_status.priority AS priority, "{schema}".workflow_status.arrival AS arrival, "{schema}".workflow_status.workflow_uuid AS workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.status = 'ENQUEUED' AND ("{schema}".workflow_status.application_version IS NULL OR "{schema}".workflow_status.application_version = %(application_version)s::VARCHAR OR "{schema}".workflow_status.workflow_version = any(%(workflow_versions)s::TEXT[]) AND "{schema}".workflow_status.workflow_version = (CAST(%(version_of)s::VARCHAR AS JSON) ->> "{schema}".workflow_status.name)) AND CASE WHEN ("{schema}".workflow_status.queue_partition_key IS NULL) THEN 0 ELSE 1 END = 1 ORDER BY "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.workflow_uuid 
 LIMIT %(front)s::BIGINT) AS anon_3) AS anon_1 ORDER BY anon_1.priority, anon_1.arrival, anon_1.workflow_uuid 
 LIMIT %(front)s::BIGINT), 
room AS 
(SELECT %(most)s::BIGINT AS most), 
shares AS 
(SELECT anon_4.queue_partition_key AS queue_partition_key, least((SELECT room.most 
FROM room), CASE WHEN (%(each)s::BIGINT < 4611686018427387904) THEN %(each)s::BIGINT - (SELECT count(*) AS count_1 
FROM "{schema}".workflow_status AS of_key 
WHERE of_key.queue_name = %(queue_name)s::VARCHAR AND of_key.queue_partition_key = anon_4.queue_partition_key AND of_key.status = 'PENDING') ELSE 4611686018427387904 END, CASE WHEN (%(each_here)s::BIGINT < 4611686018427387904) THEN %(each_here)s::BIGINT - (SELECT count(*) AS count_1 
FROM "{schema}".workflow_status AS of_key 
WHERE of_key.queue_name = %(queue_name)s::VARCHAR AND of_key.queue_partition_key = anon_4.queue_partition_key AND of_key.status = 'PENDING' AND substr(of_key.owner_xid, 1, length(%(process)s::VARCHAR)) = %(process)s::VARCHAR) ELSE 4611686018427387904 END, CASE WHEN (%(each_period)s::BIGINT < 4611686018427387904) THEN %(each_period)s::BIGINT - (SELECT count(*) AS count_2 
FROM "{schema}".workflow_status AS of_key 
WHERE of_key.queue_name = %(queue_name)s::VARCHAR AND of_key.queue_partition_key = anon_4.queue_partition_key AND of_key.rate_limited = 1 AND of_key.started_at_epoch_ms > %(each_since)s::BIGINT) ELSE 4611686018427387904 END) AS share 
FROM (SELECT DISTINCT front.queue_partition_key AS queue_partition_key 
FROM front) AS anon_4), 
available AS 
(SELECT front.priority AS priority, front.arrival AS arrival, front.workflow_uuid AS workflow_uuid 
FROM front LEFT OUTER JOIN shares ON shares.queue_partition_key = front.queue_partition_key 
WHERE front.queue_partition_key IS NULL OR front.place <= shares.share ORDER BY front.priority, front.arrival, front.workflow_uuid 
 LIMIT (SELECT room.most 
FROM room)), 
short AS 
(SELECT CASE WHEN ((SELECT count(*) AS count_3 
FROM front) >= %(front)s::BIGINT AND (SELECT count(*) AS count_3 
FROM available) < (SELECT room.most 
FROM room)) THEN 1 ELSE 0 END AS short), 
keys(queue_partition_key) AS 
(SELECT (SELECT min(of_next_key.queue_partition_key) AS min_1 
FROM "{schema}".workflow_status AS of_next_key 
WHERE of_next_key.queue_name = %(queue_name)s::VARCHAR AND of_next_key.status = 'ENQUEUED' AND of_next_key.queue_partition_key IS NOT NULL) AS queue_partition_key 
WHERE (SELECT short.short 
FROM short) = 1 UNION ALL SELECT (SELECT min(of_next_key.queue_partition_key) AS min_1 
FROM "{schema}".workflow_status AS of_next_key 
WHERE of_next_key.queue_name = %(queue_name)s::VARCHAR AND of_next_key.status = 'ENQUEUED' AND of_next_key.queue_partition_key > keys.queue_partition_key) AS anon_10 
FROM keys 
WHERE keys.queue_partition_key IS NOT NULL), 
shares_behind AS 
(SELECT keys.queue_partition_key AS queue_partition_key, least((SELECT room.most 
FROM room), CASE WHEN (%(each)s::BIGINT < 4611686018427387904) THEN %(each)s::BIGINT - (SELECT count(*) AS count_4 
FROM "{schema}".workflow_status AS of_key 
WHERE of_key.queue_name = %(queue_name)s::VARCHAR AND of_key.queue_partition_key = keys.queue_partition_key AND of_key.status = 'PENDING') ELSE 4611686018427387904 END, CASE WHEN (%(each_here)s::BIGINT < 4611686018427387904) THEN %(each_here)s::BIGINT - (SELECT count(*) AS count_4 
FROM "{schema}".workflow_status AS of_key 
WHERE of_key.queue_name = %(queue_name)s::VARCHAR AND of_key.queue_partition_key = keys.queue_partition_key AND of_key.status = 'PENDING' AND substr(of_key.owner_xid, 1, length(%(process)s::VARCHAR)) = %(process)s::VARCHAR) ELSE 4611686018427387904 END, CASE WHEN (%(each_period)s::BIGINT < 4611686018427387904) THEN %(each_period)s::BIGINT - (SELECT count(*) AS count_5 
FROM "{schema}".workflow_status AS of_key 
WHERE of_key.queue_name = %(queue_name)s::VARCHAR AND of_key.queue_partition_key = keys.queue_partition_key AND of_key.rate_limited = 1 AND of_key.started_at_epoch_ms > %(each_since)s::BIGINT) ELSE 4611686018427387904 END) AS share 
FROM keys 
WHERE keys.queue_partition_key IS NOT NULL), 
with_room AS 
(SELECT shares_behind.queue_partition_key AS queue_partition_key, shares_behind.share AS share 
FROM shares_behind 
WHERE shares_behind.share > 0), 
oldest AS 
(SELECT anon_9.queue_partition_key AS queue_partition_key, anon_9.share AS share 
FROM (SELECT with_room.queue_partition_key AS queue_partition_key, with_room.share AS share, of_each.priority AS priority, of_each.arrival AS arrival, of_each.workflow_uuid AS workflow_uuid 
FROM with_room JOIN LATERAL (SELECT "{schema}".workflow_status.priority AS priority, "{schema}".workflow_status.arrival AS arrival, "{schema}".workflow_status.workflow_uuid AS workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.status = 'ENQUEUED' AND ("{schema}".workflow_status.application_version IS NULL OR "{schema}".workflow_status.application_version = %(application_version)s::VARCHAR OR "{schema}".workflow_status.workflow_version = any(%(workflow_versions)s::TEXT[]) AND "{schema}".workflow_status.workflow_version = (CAST(%(version_of)s::VARCHAR AS JSON) ->> "{schema}".workflow_status.name)) AND "{schema}".workflow_status.queue_partition_key = with_room.queue_partition_key ORDER BY "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.workflow_uuid 
 LIMIT 1) AS of_each ON true) AS anon_9 ORDER BY anon_9.priority, anon_9.arrival, anon_9.workflow_uuid 
 LIMIT (SELECT room.most 
FROM room)), 
turns AS 
(SELECT available.workflow_uuid AS workflow_uuid 
FROM available 
WHERE (SELECT short.short 
FROM short) != 1 UNION ALL SELECT anon_5.workflow_uuid AS workflow_uuid 
FROM (SELECT anon_6.priority AS priority, anon_6.arrival AS arrival, anon_6.workflow_uuid AS workflow_uuid 
FROM (SELECT anon_7.priority AS priority, anon_7.arrival AS arrival, anon_7.workflow_uuid AS workflow_uuid 
FROM (SELECT anon_8.priority AS priority, anon_8.arrival AS arrival, anon_8.workflow_uuid AS workflow_uuid, anon_8.share AS share, row_number() OVER (PARTITION BY anon_8.queue_partition_key ORDER BY anon_8.priority, anon_8.arrival, anon_8.workflow_uuid) AS place 
FROM (SELECT oldest.queue_partition_key AS queue_partition_key, oldest.share AS share, of_each.priority AS priority, of_each.arrival AS arrival, of_each.workflow_uuid AS workflow_uuid 
FROM oldest JOIN LATERAL (SELECT "{schema}".workflow_status.priority AS priority, "{schema}".workflow_status.arrival AS arrival, "{schema}".workflow_status.workflow_uuid AS workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.status = 'ENQUEUED' AND ("{schema}".workflow_status.application_version IS NULL OR "{schema}".workflow_status.application_version = %(application_version)s::VARCHAR OR "{schema}".workflow_status.workflow_version = any(%(workflow_versions)s::TEXT[]) AND "{schema}".workflow_status.workflow_version = (CAST(%(version_of)s::VARCHAR AS JSON) ->> "{schema}".workflow_status.name)) AND "{schema}".workflow_status.queue_partition_key = oldest.queue_partition_key ORDER BY "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.workflow_uuid 
 LIMIT least((SELECT room.most 
FROM room), %(each)s::BIGINT, %(each_here)s::BIGINT, %(each_period)s::BIGINT)) AS of_each ON true) AS anon_8) AS anon_7 
WHERE anon_7.place <= anon_7.share UNION ALL SELECT anon_11.priority AS priority, anon_11.arrival AS arrival, anon_11.workflow_uuid AS workflow_uuid 
FROM (SELECT "{schema}".workflow_status.queue_partition_key AS queue_partition_key, "{schema}".workflow_status.priority AS priority, "{schema}".workflow_status.arrival AS arrival, "{schema}".workflow_status.workflow_uuid AS workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.status = 'ENQUEUED' AND ("{schema}".workflow_status.application_version IS NULL OR "{schema}".workflow_status.application_version = %(application_version)s::VARCHAR OR "{schema}".workflow_status.workflow_version = any(%(workflow_versions)s::TEXT[]) AND "{schema}".workflow_status.workflow_version = (CAST(%(version_of)s::VARCHAR AS JSON) ->> "{schema}".workflow_status.name)) AND CASE WHEN ("{schema}".workflow_status.queue_partition_key IS NULL) THEN 0 ELSE 1 END = 0 ORDER BY "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.workflow_uuid 
 LIMIT (SELECT room.most 
FROM room)) AS anon_11 
WHERE (SELECT short.short 
FROM short) = 1) AS anon_6 ORDER BY anon_6.priority, anon_6.arrival, anon_6.workflow_uuid 
 LIMIT (SELECT room.most 
FROM room)) AS anon_5 
WHERE (SELECT short.short 
FROM short) = 1), 
chosen AS 
(SELECT "{schema}".workflow_status.workflow_uuid AS workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.workflow_uuid IN (SELECT turns.workflow_uuid 
FROM turns) FOR UPDATE SKIP LOCKED)
 UPDATE "{schema}".workflow_status SET status='PENDING', executor_id=%(executor_id)s::VARCHAR, owner_xid=%(owner)s::VARCHAR, application_version=%(application_version)s::VARCHAR, workflow_version=coalesce(CAST(%(version_of)s::VARCHAR AS JSON) ->> "{schema}".workflow_status.name, "{schema}".workflow_status.workflow_version), recovery_attempts=("{schema}".workflow_status.recovery_attempts + 1), executions=("{schema}".workflow_status.executions + 1), started_at_epoch_ms=%(now)s::BIGINT, updated_at=%(now)s::BIGINT, workflow_deadline_epoch_ms=CASE WHEN ("{schema}".workflow_status.workflow_deadline_epoch_ms IS NULL) THEN %(now)s::BIGINT + "{schema}".workflow_status.workflow_timeout_ms ELSE "{schema}".workflow_status.workflow_deadline_epoch_ms END, rate_limited=%(limited)s::BIGINT WHERE "{schema}".workflow_status.workflow_uuid IN (SELECT chosen.workflow_uuid 
FROM chosen) AND "{schema}".workflow_status.status = 'ENQUEUED' RETURNING "{schema}".workflow_status.workflow_uuid, "{schema}".workflow_status.name, "{schema}".workflow_status.class_name, "{schema}".workflow_status.config_name, "{schema}".workflow_status.inputs, "{schema}".workflow_status.serialization, "{schema}".workflow_status.recovery_attempts, "{schema}".workflow_status.executions, "{schema}".workflow_status.workflow_deadline_epoch_ms, "{schema}".workflow_status.queue_name, "{schema}".workflow_status.authenticated_user, "{schema}".workflow_status.assumed_role, "{schema}".workflow_status.authenticated_roles, "{schema}".workflow_status.owner_xid, "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.queue_partition_key

-- partitions.TAKE_BY_PARTITION_CONCURRENCY
WITH RECURSIVE front AS 
(SELECT anon_1.queue_partition_key AS queue_partition_key, anon_1.priority AS priority, anon_1.arrival AS arrival, anon_1.workflow_uuid AS workflow_uuid, row_number() OVER (PARTITION BY anon_1.queue_partition_key ORDER BY anon_1.priority, anon_1.arrival, anon_1.workflow_uuid) AS place 
FROM (SELECT anon_2.queue_partition_key AS queue_partition_key, anon_2.priority AS priority, anon_2.arrival AS arrival, anon_2.workflow_uuid AS workflow_uuid 
FROM (SELECT "{schema}".workflow_status.queue_partition_key AS queue_partition_key, "{schema}".workflow_status.priority AS priority, "{schema}".workflow_status.arrival AS arrival, "{schema}".workflow_status.workflow_uuid AS workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.status = 'ENQUEUED' AND ("{schema}".workflow_status.application_version IS NULL OR "{schema}".workflow_status.application_version = %(application_version)s::VARCHAR OR "{schema}".workflow_status.workflow_version = any(%(workflow_versions)s::TEXT[]) AND "{schema}".workflow_status.workflow_version = (CAST(%(version_of)s::VARCHAR AS JSON) ->> "{schema}".workflow_status.name)) AND CASE WHEN ("{schema}".workflow_status.queue_partition_key IS NULL) THEN 0 ELSE 1 END = 0 ORDER BY "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.workflow_uuid 
 LIMIT %(front)s::BIGINT) AS anon_2 UNION ALL SELECT anon_3.queue_partition_key AS queue_partition_key, anon_3.priority AS priority, anon_3.arrival AS arrival, anon_3.workflow_uuid AS workflow_uuid 
FROM (SELECT "{schema}".workflow_status.queue_partition_key AS queue_partition_key, "{schema}".workflow_status.priority AS priority, "{schema}".workflow_status.arrival AS arrival, "{schema}".workflow_status.workflow_uuid AS workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.status = 'ENQUEUED' AND ("{schema}".workflow_status.application_version IS NULL OR "{schema}".workflow_status.application_version = %(application_version)s::VARCHAR OR "{schema}".workflow_status.workflow_version = any(%(workflow_versions)s::TEXT[]) AND "{schema}".workflow_status.workflow_version = (CAST(%(version_of)s::VARCHAR AS JSON) ->> "{schema}".workflow_status.name)) AND CASE WHEN ("{schema}".workflow_status.queue_partition_key IS NULL) THEN 0 ELSE 1 END = 1 ORDER BY "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.workflow_uuid 
 LIMIT %(front)s::BIGINT) AS anon_3) AS anon_1 ORDER BY anon_1.priority, anon_1.arrival, anon_1.workflow_uuid 
 LIMIT %(front)s::BIGINT), 
room AS 
(SELECT greatest(0, least(%(most)s::BIGINT, %(concurrency)s::BIGINT - (SELECT count(*) AS count_1 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.status = 'PENDING'))) AS most), 
shares AS 
(SELECT anon_4.queue_partition_key AS queue_partition_key, least((SELECT room.most 
FROM room), CASE WHEN (%(each)s::BIGINT < 4611686018427387904) THEN %(each)s::BIGINT - (SELECT count(*) AS count_2 
FROM "{schema}".workflow_status AS of_key 
WHERE of_key.queue_name = %(queue_name)s::VARCHAR AND of_key.queue_partition_key = anon_4.queue_partition_key AND of_key.status = 'PENDING') ELSE 4611686018427387904 END, CASE WHEN (%(each_here)s::BIGINT < 4611686018427387904) THEN %(each_here)s::BIGINT - (SELECT count(*) AS count_2 
FROM "{schema}".workflow_status AS of_key 
WHERE of_key.queue_name = %(queue_name)s::VARCHAR AND of_key.queue_partition_key = anon_4.queue_partition_key AND of_key.status = 'PENDING' AND substr(of_key.owner_xid, 1, length(%(process)s::VARCHAR)) = %(process)s::VARCHAR) ELSE 4611686018427387904 END, CASE WHEN (%(each_period)s::BIGINT < 4611686018427387904) THEN %(each_period)s::BIGINT - (SELECT count(*) AS count_3 
FROM "{schema}".workflow_status AS of_key 
WHERE of_key.queue_name = %(queue_name)s::VARCHAR AND of_key.queue_partition_key = anon_4.queue_partition_key AND of_key.rate_limited = 1 AND of_key.started_at_epoch_ms > %(each_since)s::BIGINT) ELSE 4611686018427387904 END) AS share 
FROM (SELECT DISTINCT front.queue_partition_key AS queue_partition_key 
FROM front) AS anon_4), 
available AS 
(SELECT front.priority AS priority, front.arrival AS arrival, front.workflow_uuid AS workflow_uuid 
FROM front LEFT OUTER JOIN shares ON shares.queue_partition_key = front.queue_partition_key 
WHERE front.queue_partition_key IS NULL OR front.place <= shares.share ORDER BY front.priority, front.arrival, front.workflow_uuid 
 LIMIT (SELECT room.most 
FROM room)), 
short AS 
(SELECT CASE WHEN ((SELECT count(*) AS count_4 
FROM front) >= %(front)s::BIGINT AND (SELECT count(*) AS count_4 
FROM available) < (SELECT room.most 
FROM room)) THEN 1 ELSE 0 END AS short), 
keys(queue_partition_key) AS 
(SELECT (SELECT min(of_next_key.queue_partition_key) AS min_1 
FROM "{schema}".workflow_status AS of_next_key 
WHERE of_next_key.queue_name = %(queue_name)s::VARCHAR AND of_next_key.status = 'ENQUEUED' AND of_next_key.queue_partition_key IS NOT NULL) AS queue_partition_key 
WHERE (SELECT short.short 
FROM short) = 1 UNION ALL SELECT (SELECT min(of_next_key.queue_partition_key) AS min_1 
FROM "{schema}".workflow_status AS of_next_key 
WHERE of_next_key.queue_name = %(queue_name)s::VARCHAR AND of_next_key.status = 'ENQUEUED' AND of_next_key.queue_partition_key > keys.queue_partition_key) AS anon_10 
FROM keys 
WHERE keys.queue_partition_key IS NOT NULL), 
shares_behind AS 
(SELECT keys.queue_partition_key AS queue_partition_key, least((SELECT room.most 
FROM room), CASE WHEN (%(each)s::BIGINT < 4611686018427387904) THEN %(each)s::BIGINT - (SELECT count(*) AS count_5 
FROM "{schema}".workflow_status AS of_key 
WHERE of_key.queue_name = %(queue_name)s::VARCHAR AND of_key.queue_partition_key = keys.queue_partition_key AND of_key.status = 'PENDING') ELSE 4611686018427387904 END, CASE WHEN (%(each_here)s::BIGINT < 4611686018427387904) THEN %(each_here)s::BIGINT - (SELECT count(*) AS count_5 
FROM "{schema}".workflow_status AS of_key 
WHERE of_key.queue_name = %(queue_name)s::VARCHAR AND of_key.queue_partition_key = keys.queue_partition_key AND of_key.status = 'PENDING' AND substr(of_key.owner_xid, 1, length(%(process)s::VARCHAR)) = %(process)s::VARCHAR) ELSE 4611686018427387904 END, CASE WHEN (%(each_period)s::BIGINT < 4611686018427387904) THEN %(each_period)s::BIGINT - (SELECT count(*) AS count_6 
FROM "{schema}".workflow_status AS of_key 
WHERE of_key.queue_name = %(queue_name)s::VARCHAR AND of_key.queue_partition_key = keys.queue_partition_key AND of_key.rate_limited = 1 AND of_key.started_at_epoch_ms > %(each_since)s::BIGINT) ELSE 4611686018427387904 END) AS share 
FROM keys 
WHERE keys.queue_partition_key IS NOT NULL), 
with_room AS 
(SELECT shares_behind.queue_partition_key AS queue_partition_key, shares_behind.share AS share 
FROM shares_behind 
WHERE shares_behind.share > 0), 
oldest AS 
(SELECT anon_9.queue_partition_key AS queue_partition_key, anon_9.share AS share 
FROM (SELECT with_room.queue_partition_key AS queue_partition_key, with_room.share AS share, of_each.priority AS priority, of_each.arrival AS arrival, of_each.workflow_uuid AS workflow_uuid 
FROM with_room JOIN LATERAL (SELECT "{schema}".workflow_status.priority AS priority, "{schema}".workflow_status.arrival AS arrival, "{schema}".workflow_status.workflow_uuid AS workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.status = 'ENQUEUED' AND ("{schema}".workflow_status.application_version IS NULL OR "{schema}".workflow_status.application_version = %(application_version)s::VARCHAR OR "{schema}".workflow_status.workflow_version = any(%(workflow_versions)s::TEXT[]) AND "{schema}".workflow_status.workflow_version = (CAST(%(version_of)s::VARCHAR AS JSON) ->> "{schema}".workflow_status.name)) AND "{schema}".workflow_status.queue_partition_key = with_room.queue_partition_key ORDER BY "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.workflow_uuid 
 LIMIT 1) AS of_each ON true) AS anon_9 ORDER BY anon_9.priority, anon_9.arrival, anon_9.workflow_uuid 
 LIMIT (SELECT room.most 
FROM room)), 
turns AS 
(SELECT available.workflow_uuid AS workflow_uuid 
FROM available 
WHERE (SELECT short.short 
FROM short) != 1 UNION ALL SELECT anon_5.workflow_uuid AS workflow_uuid 
FROM (SELECT anon_6.priority AS priority, anon_6.arrival AS arrival, anon_6.workflow_uuid AS workflow_uuid 
FROM (SELECT anon_7.priority AS priority, anon_7.arrival AS arrival, anon_7.workflow_uuid AS workflow_uuid 
FROM (SELECT anon_8.priority AS priority, anon_8.arrival AS arrival, anon_8.workflow_uuid AS workflow_uuid, anon_8.share AS share, row_number() OVER (PARTITION BY anon_8.queue_partition_key ORDER BY anon_8.priority, anon_8.arrival, anon_8.workflow_uuid) AS place 
FROM (SELECT oldest.queue_partition_key AS queue_partition_key, oldest.share AS share, of_each.priority AS priority, of_each.arrival AS arrival, of_each.workflow_uuid AS workflow_uuid 
FROM oldest JOIN LATERAL (SELECT "{schema}".workflow_status.priority AS priority, "{schema}".workflow_status.arrival AS arrival, "{schema}".workflow_status.workflow_uuid AS workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.status = 'ENQUEUED' AND ("{schema}".workflow_status.application_version IS NULL OR "{schema}".workflow_status.application_version = %(application_version)s::VARCHAR OR "{schema}".workflow_status.workflow_version = any(%(workflow_versions)s::TEXT[]) AND "{schema}".workflow_status.workflow_version = (CAST(%(version_of)s::VARCHAR AS JSON) ->> "{schema}".workflow_status.name)) AND "{schema}".workflow_status.queue_partition_key = oldest.queue_partition_key ORDER BY "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.workflow_uuid 
 LIMIT least((SELECT room.most 
FROM room), %(each)s::BIGINT, %(each_here)s::BIGINT, %(each_period)s::BIGINT)) AS of_each ON true) AS anon_8) AS anon_7 
WHERE anon_7.place <= anon_7.share UNION ALL SELECT anon_11.priority AS priority, anon_11.arrival AS arrival, anon_11.workflow_uuid AS workflow_uuid 
FROM (SELECT "{schema}".workflow_status.queue_partition_key AS queue_partition_key, "{schema}".workflow_status.priority AS priority, "{schema}".workflow_status.arrival AS arrival, "{schema}".workflow_status.workflow_uuid AS workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.status = 'ENQUEUED' AND ("{schema}".workflow_status.application_version IS NULL OR "{schema}".workflow_status.application_version = %(application_version)s::VARCHAR OR "{schema}".workflow_status.workflow_version = any(%(workflow_versions)s::TEXT[]) AND "{schema}".workflow_status.workflow_version = (CAST(%(version_of)s::VARCHAR AS JSON) ->> "{schema}".workflow_status.name)) AND CASE WHEN ("{schema}".workflow_status.queue_partition_key IS NULL) THEN 0 ELSE 1 END = 0 ORDER BY "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.workflow_uuid 
 LIMIT (SELECT room.most 
FROM room)) AS anon_11 
WHERE (SELECT short.short 
FROM short) = 1) AS anon_6 ORDER BY anon_6.priority, anon_6.arrival, anon_6.workflow_uuid 
 LIMIT (SELECT room.most 
FROM room)) AS anon_5 
WHERE (SELECT short.short 
FROM short) = 1), 
chosen AS 
(SELECT "{schema}".workflow_status.workflow_uuid AS workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.workflow_uuid IN (SELECT turns.workflow_uuid 
FROM turns) FOR UPDATE SKIP LOCKED)
 UPDATE "{schema}".workflow_status SET status='PENDING', executor_id=%(executor_id)s::VARCHAR, owner_xid=%(owner)s::VARCHAR, application_version=%(application_version)s::VARCHAR, workflow_version=coalesce(CAST(%(version_of)s::VARCHAR AS JSON) ->> "{schema}".workflow_status.name, "{schema}".workflow_status.workflow_version), recovery_attempts=("{schema}".workflow_status.recovery_attempts + 1), executions=("{schema}".workflow_status.executions + 1), started_at_epoch_ms=%(now)s::BIGINT, updated_at=%(now)s::BIGINT, workflow_deadline_epoch_ms=CASE WHEN ("{schema}".workflow_status.workflow_deadline_epoch_ms IS NULL) THEN %(now)s::BIGINT + "{schema}".workflow_status.workflow_timeout_ms ELSE "{schema}".workflow_status.workflow_deadline_epoch_ms END, rate_limited=%(limited)s::BIGINT WHERE "{schema}".workflow_status.workflow_uuid IN (SELECT chosen.workflow_uuid 
FROM chosen) AND "{schema}".workflow_status.status = 'ENQUEUED' RETURNING "{schema}".workflow_status.workflow_uuid, "{schema}".workflow_status.name, "{schema}".workflow_status.class_name, "{schema}".workflow_status.config_name, "{schema}".workflow_status.inputs, "{schema}".workflow_status.serialization, "{schema}".workflow_status.recovery_attempts, "{schema}".workflow_status.executions, "{schema}".workflow_status.workflow_deadline_epoch_ms, "{schema}".workflow_status.queue_name, "{schema}".workflow_status.authenticated_user, "{schema}".workflow_status.assumed_role, "{schema}".workflow_status.authenticated_roles, "{schema}".workflow_status.owner_xid, "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.queue_partition_key

-- partitions.TAKE_BY_PARTITION_CONCURRENCY_LIMIT
WITH RECURSIVE front AS 
(SELECT anon_1.queue_partition_key AS queue_partition_key, anon_1.priority AS priority, anon_1.arrival AS arrival, anon_1.workflow_uuid AS workflow_uuid, row_number() OVER (PARTITION BY anon_1.queue_partition_key ORDER BY anon_1.priority, anon_1.arrival, anon_1.workflow_uuid) AS place 
FROM (SELECT anon_2.queue_partition_key AS queue_partition_key, anon_2.priority AS priority, anon_2.arrival AS arrival, anon_2.workflow_uuid AS workflow_uuid 
FROM (SELECT "{schema}".workflow_status.queue_partition_key AS queue_partition_key, "{schema}".workflow_status.priority AS priority, "{schema}".workflow_status.arrival AS arrival, "{schema}".workflow_status.workflow_uuid AS workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.status = 'ENQUEUED' AND ("{schema}".workflow_status.application_version IS NULL OR "{schema}".workflow_status.application_version = %(application_version)s::VARCHAR OR "{schema}".workflow_status.workflow_version = any(%(workflow_versions)s::TEXT[]) AND "{schema}".workflow_status.workflow_version = (CAST(%(version_of)s::VARCHAR AS JSON) ->> "{schema}".workflow_status.name)) AND CASE WHEN ("{schema}".workflow_status.queue_partition_key IS NULL) THEN 0 ELSE 1 END = 0 ORDER BY "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.workflow_uuid 
 LIMIT %(front)s::BIGINT) AS anon_2 UNION ALL SELECT anon_3.queue_partition_key AS queue_partition_key, anon_3.priority AS priority, anon_3.arrival AS arrival, anon_3.workflow_uuid AS workflow_uuid 
FROM (SELECT "{schema}".workflow_status.queue_partition_key AS queue_partition_key, "{schema}".workflow_status.priority AS priority, "{schema}".workflow_status.arrival AS arrival, "{schema}".workflow_status.workflow_uuid AS workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.status = 'ENQUEUED' AND ("{schema}".workflow_status.application_version IS NULL OR "{schema}".workflow_status.application_version = %(application_version)s::VARCHAR OR "{schema}".workflow_status.workflow_version = any(%(workflow_versions)s::TEXT[]) AND "{schema}".workflow_status.workflow_version = (CAST(%(version_of)s::VARCHAR AS JSON) ->> "{schema}".workflow_status.name)) AND CASE WHEN ("{schema}".workflow_status.queue_partition_key IS NULL) THEN 0 ELSE 1 END = 1 ORDER BY "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.workflow_uuid 
 LIMIT %(front)s::BIGINT) AS anon_3) AS anon_1 ORDER BY anon_1.priority, anon_1.arrival, anon_1.workflow_uuid 
 LIMIT %(front)s::BIGINT), 
room AS 
(SELECT greatest(0, least(%(most)s::BIGINT, %(concurrency)s::BIGINT - (SELECT count(*) AS count_1 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.status = 'PENDING'), %(limit)s::BIGINT - (SELECT count(*) AS count_2 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.rate_limited = 1 AND "{schema}".workflow_status.started_at_epoch_ms > %(since)s::BIGINT))) AS most), 
shares AS 
(SELECT anon_4.queue_partition_key AS queue_partition_key, least((SELECT room.most 
FROM room), CASE WHEN (%(each)s::BIGINT < 4611686018427387904) THEN %(each)s::BIGINT - (SELECT count(*) AS count_3 
FROM "{schema}".workflow_status AS of_key 
WHERE of_key.queue_name = %(queue_name)s::VARCHAR AND of_key.queue_partition_key = anon_4.queue_partition_key AND of_key.status = 'PENDING') ELSE 4611686018427387904 END, CASE WHEN (%(each_here)s::BIGINT < 4611686018427387904) THEN %(each_here)s::BIGINT - (SELECT count(*) AS count_3 
FROM "{schema}".workflow_status AS of_key 
WHERE of_key.queue_name = %(queue_name)s::VARCHAR AND of_key.queue_partition_key = anon_4.queue_partition_key AND of_key.status = 'PENDING' AND substr(of_key.owner_xid, 1, length(%(process)s::VARCHAR)) = %(process)s::VARCHAR) ELSE 4611686018427387904 END, CASE WHEN (%(each_period)s::BIGINT < 4611686018427387904) THEN %(each_period)s::BIGINT - (SELECT count(*) AS count_4 
FROM "{schema}".workflow_status AS of_key 
WHERE of_key.queue_name = %(queue_name)s::VARCHAR AND of_key.queue_partition_key = anon_4.queue_partition_key AND of_key.rate_limited = 1 AND of_key.started_at_epoch_ms > %(each_since)s::BIGINT) ELSE 4611686018427387904 END) AS share 
FROM (SELECT DISTINCT front.queue_partition_key AS queue_partition_key 
FROM front) AS anon_4), 
available AS 
(SELECT front.priority AS priority, front.arrival AS arrival, front.workflow_uuid AS workflow_uuid 
FROM front LEFT OUTER JOIN shares ON shares.queue_partition_key = front.queue_partition_key 
WHERE front.queue_partition_key IS NULL OR front.place <= shares.share ORDER BY front.priority, front.arrival, front.workflow_uuid 
 LIMIT (SELECT room.most 
FROM room)), 
short AS 
(SELECT CASE WHEN ((SELECT count(*) AS count_5 
FROM front) >= %(front)s::BIGINT AND (SELECT count(*) AS count_5 
FROM available) < (SELECT room.most 
FROM room)) THEN 1 ELSE 0 END AS short), 
keys(queue_partition_key) AS 
(SELECT (SELECT min(of_next_key.queue_partition_key) AS min_1 
FROM "{schema}".workflow_status AS of_next_key 
WHERE of_next_key.queue_name = %(queue_name)s::VARCHAR AND of_next_key.status = 'ENQUEUED' AND of_next_key.queue_partition_key IS NOT NULL) AS queue_partition_key 
WHERE (SELECT short.short 
FROM short) = 1 UNION ALL SELECT (SELECT min(of_next_key.queue_partition_key) AS min_1 
FROM "{schema}".workflow_status AS of_next_key 
WHERE of_next_key.queue_name = %(queue_name)s::VARCHAR AND of_next_key.status = 'ENQUEUED' AND of_next_key.queue_partition_key > keys.queue_partition_key) AS anon_10 
FROM keys 
WHERE keys.queue_partition_key IS NOT NULL), 
shares_behind AS 
(SELECT keys.queue_partition_key AS queue_partition_key, least((SELECT room.most 
FROM room), CASE WHEN (%(each)s::BIGINT < 4611686018427387904) THEN %(each)s::BIGINT - (SELECT count(*) AS count_6 
FROM "{schema}".workflow_status AS of_key 
WHERE of_key.queue_name = %(queue_name)s::VARCHAR AND of_key.queue_partition_key = keys.queue_partition_key AND of_key.status = 'PENDING') ELSE 4611686018427387904 END, CASE WHEN (%(each_here)s::BIGINT < 4611686018427387904) THEN %(each_here)s::BIGINT - (SELECT count(*) AS count_6 
FROM "{schema}".workflow_status AS of_key 
WHERE of_key.queue_name = %(queue_name)s::VARCHAR AND of_key.queue_partition_key = keys.queue_partition_key AND of_key.status = 'PENDING' AND substr(of_key.owner_xid, 1, length(%(process)s::VARCHAR)) = %(process)s::VARCHAR) ELSE 4611686018427387904 END, CASE WHEN (%(each_period)s::BIGINT < 4611686018427387904) THEN %(each_period)s::BIGINT - (SELECT count(*) AS count_7 
FROM "{schema}".workflow_status AS of_key 
WHERE of_key.queue_name = %(queue_name)s::VARCHAR AND of_key.queue_partition_key = keys.queue_partition_key AND of_key.rate_limited = 1 AND of_key.started_at_epoch_ms > %(each_since)s::BIGINT) ELSE 4611686018427387904 END) AS share 
FROM keys 
WHERE keys.queue_partition_key IS NOT NULL), 
with_room AS 
(SELECT shares_behind.queue_partition_key AS queue_partition_key, shares_behind.share AS share 
FROM shares_behind 
WHERE shares_behind.share > 0), 
oldest AS 
(SELECT anon_9.queue_partition_key AS queue_partition_key, anon_9.share AS share 
FROM (SELECT with_room.queue_partition_key AS queue_partition_key, with_room.share AS share, of_each.priority AS priority, of_each.arrival AS arrival, of_each.workflow_uuid AS workflow_uuid 
FROM with_room JOIN LATERAL (SELECT "{schema}".workflow_status.priority AS priority, "{schema}".workflow_status.arrival AS arrival, "{schema}".workflow_status.workflow_uuid AS workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.status = 'ENQUEUED' AND ("{schema}".workflow_status.application_version IS NULL OR "{schema}".workflow_status.application_version = %(application_version)s::VARCHAR OR "{schema}".workflow_status.workflow_version = any(%(workflow_versions)s::TEXT[]) AND "{schema}".workflow_status.workflow_version = (CAST(%(version_of)s::VARCHAR AS JSON) ->> "{schema}".workflow_status.name)) AND "{schema}".workflow_status.queue_partition_key = with_room.queue_partition_key ORDER BY "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.workflow_uuid 
 LIMIT 1) AS of_each ON true) AS anon_9 ORDER BY anon_9.priority, anon_9.arrival, anon_9.workflow_uuid 
 LIMIT (SELECT room.most 
FROM room)), 
turns AS 
(SELECT available.workflow_uuid AS workflow_uuid 
FROM available 
WHERE (SELECT short.short 
FROM short) != 1 UNION ALL SELECT anon_5.workflow_uuid AS workflow_uuid 
FROM (SELECT anon_6.priority AS priority, anon_6.arrival AS arrival, anon_6.workflow_uuid AS workflow_uuid 
FROM (SELECT anon_7.priority AS priority, anon_7.arrival AS arrival, anon_7.workflow_uuid AS workflow_uuid 
FROM (SELECT anon_8.priority AS priority, anon_8.arrival AS arrival, anon_8.workflow_uuid AS workflow_uuid, anon_8.share AS share, row_number() OVER (PARTITION BY anon_8.queue_partition_key ORDER BY anon_8.priority, anon_8.arrival, anon_8.workflow_uuid) AS place 
FROM (SELECT oldest.queue_partition_key AS queue_partition_key, oldest.share AS share, of_each.priority AS priority, of_each.arrival AS arrival, of_each.workflow_uuid AS workflow_uuid 
FROM oldest JOIN LATERAL (SELECT "{schema}".workflow_status.priority AS priority, "{schema}".workflow_status.arrival AS arrival, "{schema}".workflow_status.workflow_uuid AS workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.status = 'ENQUEUED' AND ("{schema}".workflow_status.application_version IS NULL OR "{schema}".workflow_status.application_version = %(application_version)s::VARCHAR OR "{schema}".workflow_status.workflow_version = any(%(workflow_versions)s::TEXT[]) AND "{schema}".workflow_status.workflow_version = (CAST(%(version_of)s::VARCHAR AS JSON) ->> "{schema}".workflow_status.name)) AND "{schema}".workflow_status.queue_partition_key = oldest.queue_partition_key ORDER BY "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.workflow_uuid 
 LIMIT least((SELECT room.most 
FROM room), %(each)s::BIGINT, %(each_here)s::BIGINT, %(each_period)s::BIGINT)) AS of_each ON true) AS anon_8) AS anon_7 
WHERE anon_7.place <= anon_7.share UNION ALL SELECT anon_11.priority AS priority, anon_11.arrival AS arrival, anon_11.workflow_uuid AS workflow_uuid 
FROM (SELECT "{schema}".workflow_status.queue_partition_key AS queue_partition_key, "{schema}".workflow_status.priority AS priority, "{schema}".workflow_status.arrival AS arrival, "{schema}".workflow_status.workflow_uuid AS workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.status = 'ENQUEUED' AND ("{schema}".workflow_status.application_version IS NULL OR "{schema}".workflow_status.application_version = %(application_version)s::VARCHAR OR "{schema}".workflow_status.workflow_version = any(%(workflow_versions)s::TEXT[]) AND "{schema}".workflow_status.workflow_version = (CAST(%(version_of)s::VARCHAR AS JSON) ->> "{schema}".workflow_status.name)) AND CASE WHEN ("{schema}".workflow_status.queue_partition_key IS NULL) THEN 0 ELSE 1 END = 0 ORDER BY "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.workflow_uuid 
 LIMIT (SELECT room.most 
FROM room)) AS anon_11 
WHERE (SELECT short.short 
FROM short) = 1) AS anon_6 ORDER BY anon_6.priority, anon_6.arrival, anon_6.workflow_uuid 
 LIMIT (SELECT room.most 
FROM room)) AS anon_5 
WHERE (SELECT short.short 
FROM short) = 1), 
chosen AS 
(SELECT "{schema}".workflow_status.workflow_uuid AS workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.workflow_uuid IN (SELECT turns.workflow_uuid 
FROM turns) FOR UPDATE SKIP LOCKED)
 UPDATE "{schema}".workflow_status SET status='PENDING', executor_id=%(executor_id)s::VARCHAR, owner_xid=%(owner)s::VARCHAR, application_version=%(application_version)s::VARCHAR, workflow_version=coalesce(CAST(%(version_of)s::VARCHAR AS JSON) ->> "{schema}".workflow_status.name, "{schema}".workflow_status.workflow_version), recovery_attempts=("{schema}".workflow_status.recovery_attempts + 1), executions=("{schema}".workflow_status.executions + 1), started_at_epoch_ms=%(now)s::BIGINT, updated_at=%(now)s::BIGINT, workflow_deadline_epoch_ms=CASE WHEN ("{schema}".workflow_status.workflow_deadline_epoch_ms IS NULL) THEN %(now)s::BIGINT + "{schema}".workflow_status.workflow_timeout_ms ELSE "{schema}".workflow_status.workflow_deadline_epoch_ms END, rate_limited=%(limited)s::BIGINT WHERE "{schema}".workflow_status.workflow_uuid IN (SELECT chosen.workflow_uuid 
FROM chosen) AND "{schema}".workflow_status.status = 'ENQUEUED' RETURNING "{schema}".workflow_status.workflow_uuid, "{schema}".workflow_status.name, "{schema}".workflow_status.class_name, "{schema}".workflow_status.config_name, "{schema}".workflow_status.inputs, "{schema}".workflow_status.serialization, "{schema}".workflow_status.recovery_attempts, "{schema}".workflow_status.executions, "{schema}".workflow_status.workflow_deadline_epoch_ms, "{schema}".workflow_status.queue_name, "{schema}".workflow_status.authenticated_user, "{schema}".workflow_status.assumed_role, "{schema}".workflow_status.authenticated_roles, "{schema}".workflow_status.owner_xid, "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.queue_partition_key

-- partitions.TAKE_BY_PARTITION_LIMIT
WITH RECURSIVE front AS 
(SELECT anon_1.queue_partition_key AS queue_partition_key, anon_1.priority AS priority, anon_1.arrival AS arrival, anon_1.workflow_uuid AS workflow_uuid, row_number() OVER (PARTITION BY anon_1.queue_partition_key ORDER BY anon_1.priority, anon_1.arrival, anon_1.workflow_uuid) AS place 
FROM (SELECT anon_2.queue_partition_key AS queue_partition_key, anon_2.priority AS priority, anon_2.arrival AS arrival, anon_2.workflow_uuid AS workflow_uuid 
FROM (SELECT "{schema}".workflow_status.queue_partition_key AS queue_partition_key, "{schema}".workflow_status.priority AS priority, "{schema}".workflow_status.arrival AS arrival, "{schema}".workflow_status.workflow_uuid AS workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.status = 'ENQUEUED' AND ("{schema}".workflow_status.application_version IS NULL OR "{schema}".workflow_status.application_version = %(application_version)s::VARCHAR OR "{schema}".workflow_status.workflow_version = any(%(workflow_versions)s::TEXT[]) AND "{schema}".workflow_status.workflow_version = (CAST(%(version_of)s::VARCHAR AS JSON) ->> "{schema}".workflow_status.name)) AND CASE WHEN ("{schema}".workflow_status.queue_partition_key IS NULL) THEN 0 ELSE 1 END = 0 ORDER BY "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.workflow_uuid 
 LIMIT %(front)s::BIGINT) AS anon_2 UNION ALL SELECT anon_3.queue_partition_key AS queue_partition_key, anon_3.priority AS priority, anon_3.arrival AS arrival, anon_3.workflow_uuid AS workflow_uuid 
FROM (SELECT "{schema}".workflow_status.queue_partition_key AS queue_partition_key, "{schema}".workflow_status.priority AS priority, "{schema}".workflow_status.arrival AS arrival, "{schema}".workflow_status.workflow_uuid AS workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.status = 'ENQUEUED' AND ("{schema}".workflow_status.application_version IS NULL OR "{schema}".workflow_status.application_version = %(application_version)s::VARCHAR OR "{schema}".workflow_status.workflow_version = any(%(workflow_versions)s::TEXT[]) AND "{schema}".workflow_status.workflow_version = (CAST(%(version_of)s::VARCHAR AS JSON) ->> "{schema}".workflow_status.name)) AND CASE WHEN ("{schema}".workflow_status.queue_partition_key IS NULL) THEN 0 ELSE 1 END = 1 ORDER BY "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.workflow_uuid 
 LIMIT %(front)s::BIGINT) AS anon_3) AS anon_1 ORDER BY anon_1.priority, anon_1.arrival, anon_1.workflow_uuid 
 LIMIT %(front)s::BIGINT), 
room AS 
(SELECT greatest(0, least(%(most)s::BIGINT, %(limit)s::BIGINT - (SELECT count(*) AS count_1 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.rate_limited = 1 AND "{schema}".workflow_status.started_at_epoch_ms > %(since)s::BIGINT))) AS most), 
shares AS 
(SELECT anon_4.queue_partition_key AS queue_partition_key, least((SELECT room.most 
FROM room), CASE WHEN (%(each)s::BIGINT < 4611686018427387904) THEN %(each)s::BIGINT - (SELECT count(*) AS count_2 
FROM "{schema}".workflow_status AS of_key 
WHERE of_key.queue_name = %(queue_name)s::VARCHAR AND of_key.queue_partition_key = anon_4.queue_partition_key AND of_key.status = 'PENDING') ELSE 4611686018427387904 END, CASE WHEN (%(each_here)s::BIGINT < 4611686018427387904) THEN %(each_here)s::BIGINT - (SELECT count(*) AS count_2 
FROM "{schema}".workflow_status AS of_key 
WHERE of_key.queue_name = %(queue_name)s::VARCHAR AND of_key.queue_partition_key = anon_4.queue_partition_key AND of_key.status = 'PENDING' AND substr(of_key.owner_xid, 1, length(%(process)s::VARCHAR)) = %(process)s::VARCHAR) ELSE 4611686018427387904 END, CASE WHEN (%(each_period)s::BIGINT < 4611686018427387904) THEN %(each_period)s::BIGINT - (SELECT count(*) AS count_3 
FROM "{schema}".workflow_status AS of_key 
WHERE of_key.queue_name = %(queue_name)s::VARCHAR AND of_key.queue_partition_key = anon_4.queue_partition_key AND of_key.rate_limited = 1 AND of_key.started_at_epoch_ms > %(each_since)s::BIGINT) ELSE 4611686018427387904 END) AS share 
FROM (SELECT DISTINCT front.queue_partition_key AS queue_partition_key 
FROM front) AS anon_4), 
available AS 
(SELECT front.priority AS priority, front.arrival AS arrival, front.workflow_uuid AS workflow_uuid 
FROM front LEFT OUTER JOIN shares ON shares.queue_partition_key = front.queue_partition_key 
WHERE front.queue_partition_key IS NULL OR front.place <= shares.share ORDER BY front.priority, front.arrival, front.workflow_uuid 
 LIMIT (SELECT room.most 
FROM room)), 
short AS 
(SELECT CASE WHEN ((SELECT count(*) AS count_4 
FROM front) >= %(front)s::BIGINT AND (SELECT count(*) AS count_4 
FROM available) < (SELECT room.most 
FROM room)) THEN 1 ELSE 0 END AS short), 
keys(queue_partition_key) AS 
(SELECT (SELECT min(of_next_key.queue_partition_key) AS min_1 
FROM "{schema}".workflow_status AS of_next_key 
WHERE of_next_key.queue_name = %(queue_name)s::VARCHAR AND of_next_key.status = 'ENQUEUED' AND of_next_key.queue_partition_key IS NOT NULL) AS queue_partition_key 
WHERE (SELECT short.short 
FROM short) = 1 UNION ALL SELECT (SELECT min(of_next_key.queue_partition_key) AS min_1 
FROM "{schema}".workflow_status AS of_next_key 
WHERE of_next_key.queue_name = %(queue_name)s::VARCHAR AND of_next_key.status = 'ENQUEUED' AND of_next_key.queue_partition_key > keys.queue_partition_key) AS anon_10 
FROM keys 
WHERE keys.queue_partition_key IS NOT NULL), 
shares_behind AS 
(SELECT keys.queue_partition_key AS queue_partition_key, least((SELECT room.most 
FROM room), CASE WHEN (%(each)s::BIGINT < 4611686018427387904) THEN %(each)s::BIGINT - (SELECT count(*) AS count_5 
FROM "{schema}".workflow_status AS of_key 
WHERE of_key.queue_name = %(queue_name)s::VARCHAR AND of_key.queue_partition_key = keys.queue_partition_key AND of_key.status = 'PENDING') ELSE 4611686018427387904 END, CASE WHEN (%(each_here)s::BIGINT < 4611686018427387904) THEN %(each_here)s::BIGINT - (SELECT count(*) AS count_5 
FROM "{schema}".workflow_status AS of_key 
WHERE of_key.queue_name = %(queue_name)s::VARCHAR AND of_key.queue_partition_key = keys.queue_partition_key AND of_key.status = 'PENDING' AND substr(of_key.owner_xid, 1, length(%(process)s::VARCHAR)) = %(process)s::VARCHAR) ELSE 4611686018427387904 END, CASE WHEN (%(each_period)s::BIGINT < 4611686018427387904) THEN %(each_period)s::BIGINT - (SELECT count(*) AS count_6 
FROM "{schema}".workflow_status AS of_key 
WHERE of_key.queue_name = %(queue_name)s::VARCHAR AND of_key.queue_partition_key = keys.queue_partition_key AND of_key.rate_limited = 1 AND of_key.started_at_epoch_ms > %(each_since)s::BIGINT) ELSE 4611686018427387904 END) AS share 
FROM keys 
WHERE keys.queue_partition_key IS NOT NULL), 
with_room AS 
(SELECT shares_behind.queue_partition_key AS queue_partition_key, shares_behind.share AS share 
FROM shares_behind 
WHERE shares_behind.share > 0), 
oldest AS 
(SELECT anon_9.queue_partition_key AS queue_partition_key, anon_9.share AS share 
FROM (SELECT with_room.queue_partition_key AS queue_partition_key, with_room.share AS share, of_each.priority AS priority, of_each.arrival AS arrival, of_each.workflow_uuid AS workflow_uuid 
FROM with_room JOIN LATERAL (SELECT "{schema}".workflow_status.priority AS priority, "{schema}".workflow_status.arrival AS arrival, "{schema}".workflow_status.workflow_uuid AS workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.status = 'ENQUEUED' AND ("{schema}".workflow_status.application_version IS NULL OR "{schema}".workflow_status.application_version = %(application_version)s::VARCHAR OR "{schema}".workflow_status.workflow_version = any(%(workflow_versions)s::TEXT[]) AND "{schema}".workflow_status.workflow_version = (CAST(%(version_of)s::VARCHAR AS JSON) ->> "{schema}".workflow_status.name)) AND "{schema}".workflow_status.queue_partition_key = with_room.queue_partition_key ORDER BY "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.workflow_uuid 
 LIMIT 1) AS of_each ON true) AS anon_9 ORDER BY anon_9.priority, anon_9.arrival, anon_9.workflow_uuid 
 LIMIT (SELECT room.most 
FROM room)), 
turns AS 
(SELECT available.workflow_uuid AS workflow_uuid 
FROM available 
WHERE (SELECT short.short 
FROM short) != 1 UNION ALL SELECT anon_5.workflow_uuid AS workflow_uuid 
FROM (SELECT anon_6.priority AS priority, anon_6.arrival AS arrival, anon_6.workflow_uuid AS workflow_uuid 
FROM (SELECT anon_7.priority AS priority, anon_7.arrival AS arrival, anon_7.workflow_uuid AS workflow_uuid 
FROM (SELECT anon_8.priority AS priority, anon_8.arrival AS arrival, anon_8.workflow_uuid AS workflow_uuid, anon_8.share AS share, row_number() OVER (PARTITION BY anon_8.queue_partition_key ORDER BY anon_8.priority, anon_8.arrival, anon_8.workflow_uuid) AS place 
FROM (SELECT oldest.queue_partition_key AS queue_partition_key, oldest.share AS share, of_each.priority AS priority, of_each.arrival AS arrival, of_each.workflow_uuid AS workflow_uuid 
FROM oldest JOIN LATERAL (SELECT "{schema}".workflow_status.priority AS priority, "{schema}".workflow_status.arrival AS arrival, "{schema}".workflow_status.workflow_uuid AS workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.status = 'ENQUEUED' AND ("{schema}".workflow_status.application_version IS NULL OR "{schema}".workflow_status.application_version = %(application_version)s::VARCHAR OR "{schema}".workflow_status.workflow_version = any(%(workflow_versions)s::TEXT[]) AND "{schema}".workflow_status.workflow_version = (CAST(%(version_of)s::VARCHAR AS JSON) ->> "{schema}".workflow_status.name)) AND "{schema}".workflow_status.queue_partition_key = oldest.queue_partition_key ORDER BY "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.workflow_uuid 
 LIMIT least((SELECT room.most 
FROM room), %(each)s::BIGINT, %(each_here)s::BIGINT, %(each_period)s::BIGINT)) AS of_each ON true) AS anon_8) AS anon_7 
WHERE anon_7.place <= anon_7.share UNION ALL SELECT anon_11.priority AS priority, anon_11.arrival AS arrival, anon_11.workflow_uuid AS workflow_uuid 
FROM (SELECT "{schema}".workflow_status.queue_partition_key AS queue_partition_key, "{schema}".workflow_status.priority AS priority, "{schema}".workflow_status.arrival AS arrival, "{schema}".workflow_status.workflow_uuid AS workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.status = 'ENQUEUED' AND ("{schema}".workflow_status.application_version IS NULL OR "{schema}".workflow_status.application_version = %(application_version)s::VARCHAR OR "{schema}".workflow_status.workflow_version = any(%(workflow_versions)s::TEXT[]) AND "{schema}".workflow_status.workflow_version = (CAST(%(version_of)s::VARCHAR AS JSON) ->> "{schema}".workflow_status.name)) AND CASE WHEN ("{schema}".workflow_status.queue_partition_key IS NULL) THEN 0 ELSE 1 END = 0 ORDER BY "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.workflow_uuid 
 LIMIT (SELECT room.most 
FROM room)) AS anon_11 
WHERE (SELECT short.short 
FROM short) = 1) AS anon_6 ORDER BY anon_6.priority, anon_6.arrival, anon_6.workflow_uuid 
 LIMIT (SELECT room.most 
FROM room)) AS anon_5 
WHERE (SELECT short.short 
FROM short) = 1), 
chosen AS 
(SELECT "{schema}".workflow_status.workflow_uuid AS workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.workflow_uuid IN (SELECT turns.workflow_uuid 
FROM turns) FOR UPDATE SKIP LOCKED)
 UPDATE "{schema}".workflow_status SET status='PENDING', executor_id=%(executor_id)s::VARCHAR, owner_xid=%(owner)s::VARCHAR, application_version=%(application_version)s::VARCHAR, workflow_version=coalesce(CAST(%(version_of)s::VARCHAR AS JSON) ->> "{schema}".workflow_status.name, "{schema}".workflow_status.workflow_version), recovery_attempts=("{schema}".workflow_status.recovery_attempts + 1), executions=("{schema}".workflow_status.executions + 1), started_at_epoch_ms=%(now)s::BIGINT, updated_at=%(now)s::BIGINT, workflow_deadline_epoch_ms=CASE WHEN ("{schema}".workflow_status.workflow_deadline_epoch_ms IS NULL) THEN %(now)s::BIGINT + "{schema}".workflow_status.workflow_timeout_ms ELSE "{schema}".workflow_status.workflow_deadline_epoch_ms END, rate_limited=%(limited)s::BIGINT WHERE "{schema}".workflow_status.workflow_uuid IN (SELECT chosen.workflow_uuid 
FROM chosen) AND "{schema}".workflow_status.status = 'ENQUEUED' RETURNING "{schema}".workflow_status.workflow_uuid, "{schema}".workflow_status.name, "{schema}".workflow_status.class_name, "{schema}".workflow_status.config_name, "{schema}".workflow_status.inputs, "{schema}".workflow_status.serialization, "{schema}".workflow_status.recovery_attempts, "{schema}".workflow_status.executions, "{schema}".workflow_status.workflow_deadline_epoch_ms, "{schema}".workflow_status.queue_name, "{schema}".workflow_status.authenticated_user, "{schema}".workflow_status.assumed_role, "{schema}".workflow_status.authenticated_roles, "{schema}".workflow_status.owner_xid, "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.queue_partition_key

-- pending.HELD_BY
SELECT "{schema}".workflow_status.workflow_uuid, "{schema}".workflow_status.name, "{schema}".workflow_status.owner_xid, "{schema}".workflow_status.executor_id, "{schema}".workflow_status.application_version, "{schema}".workflow_status.workflow_version, "{schema}".workflow_status.queue_name 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.status = 'PENDING' AND "{schema}".workflow_status.executor_id = %(executor_id)s::VARCHAR

-- pending.ORPHANS
SELECT "{schema}".workflow_status.workflow_uuid, "{schema}".workflow_status.name, "{schema}".workflow_status.owner_xid, "{schema}".workflow_status.executor_id, "{schema}".workflow_status.application_version, "{schema}".workflow_status.workflow_version, "{schema}".workflow_status.queue_name, "{schema}".workflow_status.created_at, "{schema}".workflow_status.arrival 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.status = 'PENDING' AND NOT (coalesce(substr("{schema}".workflow_status.owner_xid, 1, 16), '') = any(%(alive)s::TEXT[])) AND (NOT (EXISTS (SELECT 1 
FROM "{schema}".executors 
WHERE "{schema}".executors.process_token = coalesce(substr("{schema}".workflow_status.owner_xid, 1, 16), ''))) OR coalesce(substr("{schema}".workflow_status.owner_xid, 1, 16), '') = any(%(dead)s::TEXT[])) AND ("{schema}".workflow_status.application_version IS NULL OR "{schema}".workflow_status.application_version = %(application_version)s::VARCHAR OR "{schema}".workflow_status.workflow_version = any(%(workflow_versions)s::TEXT[]))

-- queues.HOLDER
SELECT "{schema}".workflow_status.workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.deduplication_id = %(deduplication_id)s::VARCHAR

-- registered_queues.LIST
SELECT "{schema}".queues.name, "{schema}".queues.options 
FROM "{schema}".queues ORDER BY "{schema}".queues.name

-- registered_queues.ONE
SELECT "{schema}".queues.options 
FROM "{schema}".queues 
WHERE "{schema}".queues.name = %(name)s::VARCHAR

-- registered_queues.ONE_TO_CHANGE
SELECT "{schema}".queues.options 
FROM "{schema}".queues 
WHERE "{schema}".queues.name = %(name)s::VARCHAR FOR UPDATE

-- registered_queues.REGISTER
INSERT INTO "{schema}".queues (name, options, created_at, updated_at) VALUES (%(name)s::VARCHAR, %(options)s::VARCHAR, %(now)s::BIGINT, %(now)s::BIGINT) ON CONFLICT (name) DO UPDATE SET options = %(options)s::VARCHAR, updated_at = %(now)s::BIGINT

-- registered_queues.REMOVE
DELETE FROM "{schema}".queues WHERE "{schema}".queues.name = %(name)s::VARCHAR

-- renames.RENAME_WORKFLOW_SCHEDULES
UPDATE "{schema}".workflow_schedules SET application_name=%(new_name)s::VARCHAR WHERE "{schema}".workflow_schedules.schedule_name IN (SELECT "{schema}".workflow_schedules.schedule_name 
FROM "{schema}".workflow_schedules 
WHERE "{schema}".workflow_schedules.application_name = %(former)s::VARCHAR OR "{schema}".workflow_schedules.application_name IS NULL AND %(with_nameless)s::BIGINT = 1 
 LIMIT %(most)s::BIGINT)

-- renames.RENAME_WORKFLOW_STATUS
UPDATE "{schema}".workflow_status SET application_name=%(new_name)s::VARCHAR WHERE "{schema}".workflow_status.workflow_uuid IN (SELECT "{schema}".workflow_status.workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.application_name = %(former)s::VARCHAR OR "{schema}".workflow_status.application_name IS NULL AND %(with_nameless)s::BIGINT = 1 
 LIMIT %(most)s::BIGINT)

-- schedules.ANNOUNCE
INSERT INTO "{schema}".workflow_schedules (schedule_name, workflow_name, schedule, status, cron_timezone, queue_name, context, schedule_id, workflow_class_name, application_name, automatic_backfill, last_fired_at, created_at) VALUES (%(schedule_name)s::VARCHAR, %(workflow_name)s::VARCHAR, %(schedule)s::VARCHAR, %(status)s::VARCHAR, %(cron_timezone)s::VARCHAR, %(queue_name)s::VARCHAR, %(context)s::VARCHAR, %(schedule_id)s::VARCHAR, %(workflow_class_name)s::VARCHAR, %(application_name)s::VARCHAR, %(automatic_backfill)s::BIGINT, %(last_fired_at)s::BIGINT, %(created_at)s::BIGINT) ON CONFLICT (schedule_name) DO UPDATE SET cron_timezone = %(cron_timezone)s::VARCHAR

-- schedules.CREATE
INSERT INTO "{schema}".workflow_schedules (schedule_name, workflow_name, schedule, status, cron_timezone, queue_name, context, schedule_id, workflow_class_name, application_name, automatic_backfill, last_fired_at, created_at) VALUES (%(schedule_name)s::VARCHAR, %(workflow_name)s::VARCHAR, %(schedule)s::VARCHAR, %(status)s::VARCHAR, %(cron_timezone)s::VARCHAR, %(queue_name)s::VARCHAR, %(context)s::VARCHAR, %(schedule_id)s::VARCHAR, %(workflow_class_name)s::VARCHAR, %(application_name)s::VARCHAR, %(automatic_backfill)s::BIGINT, %(last_fired_at)s::BIGINT, %(created_at)s::BIGINT) ON CONFLICT (schedule_name) DO NOTHING

-- schedules.FIRED
UPDATE "{schema}".workflow_schedules SET last_fired_at=%(last_fired_at)s::BIGINT WHERE "{schema}".workflow_schedules.schedule_name = %(schedule_name)s::VARCHAR AND coalesce("{schema}".workflow_schedules.last_fired_at, 0) < %(last_fired_at)s::BIGINT

-- schedules.LIST
SELECT "{schema}".workflow_schedules.schedule_name, "{schema}".workflow_schedules.workflow_name, "{schema}".workflow_schedules.schedule, "{schema}".workflow_schedules.status, "{schema}".workflow_schedules.cron_timezone, "{schema}".workflow_schedules.queue_name, "{schema}".workflow_schedules.context, "{schema}".workflow_schedules.schedule_id, "{schema}".workflow_schedules.workflow_class_name, "{schema}".workflow_schedules.application_name, "{schema}".workflow_schedules.automatic_backfill, "{schema}".workflow_schedules.last_fired_at, "{schema}".workflow_schedules.created_at 
FROM "{schema}".workflow_schedules ORDER BY "{schema}".workflow_schedules.schedule_name

-- schedules.REMOVE
DELETE FROM "{schema}".workflow_schedules WHERE "{schema}".workflow_schedules.schedule_name = %(schedule_name)s::VARCHAR AND "{schema}".workflow_schedules.status != 'DECLARED'

-- schedules.REPLACE
INSERT INTO "{schema}".workflow_schedules (schedule_name, workflow_name, schedule, status, cron_timezone, queue_name, context, schedule_id, workflow_class_name, application_name, automatic_backfill, last_fired_at, created_at) VALUES (%(schedule_name)s::VARCHAR, %(workflow_name)s::VARCHAR, %(schedule)s::VARCHAR, %(status)s::VARCHAR, %(cron_timezone)s::VARCHAR, %(queue_name)s::VARCHAR, %(context)s::VARCHAR, %(schedule_id)s::VARCHAR, %(workflow_class_name)s::VARCHAR, %(application_name)s::VARCHAR, %(automatic_backfill)s::BIGINT, %(last_fired_at)s::BIGINT, %(created_at)s::BIGINT) ON CONFLICT (schedule_name) DO UPDATE SET workflow_name = %(workflow_name)s::VARCHAR, schedule = %(schedule)s::VARCHAR, cron_timezone = %(cron_timezone)s::VARCHAR, queue_name = %(queue_name)s::VARCHAR, context = %(context)s::VARCHAR, workflow_class_name = %(workflow_class_name)s::VARCHAR, application_name = %(application_name)s::VARCHAR, automatic_backfill = %(automatic_backfill)s::BIGINT

-- schedules.SET_STATUS
UPDATE "{schema}".workflow_schedules SET status=%(status)s::VARCHAR WHERE "{schema}".workflow_schedules.schedule_name = %(schedule_name)s::VARCHAR AND "{schema}".workflow_schedules.status != 'DECLARED'

-- steps.RECORD
INSERT INTO "{schema}".operation_outputs (workflow_uuid, function_id, function_name, position, output, error, serialization, child_workflow_id, started_at_epoch_ms, completed_at_epoch_ms, input_digest) SELECT %(workflow_uuid)s::VARCHAR AS anon_2, %(function_id)s::BIGINT AS anon_3, %(function_name)s::VARCHAR AS anon_4, %(position)s::VARCHAR AS anon_5, %(output)s::VARCHAR AS anon_6, %(error)s::VARCHAR AS anon_7, %(serialization)s::VARCHAR AS anon_8, %(child_workflow_id)s::VARCHAR AS anon_9, %(started_at_epoch_ms)s::BIGINT AS anon_10, %(completed_at_epoch_ms)s::BIGINT AS anon_11, %(input_digest)s::VARCHAR AS anon_12 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.workflow_uuid = %(workflow_uuid)s::VARCHAR AND "{schema}".workflow_status.owner_xid = %(owner)s::VARCHAR AND "{schema}".workflow_status.status IN ('PENDING', 'CANCELLED') FOR SHARE ON CONFLICT DO NOTHING RETURNING (SELECT "{schema}".workflow_status.status 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.workflow_uuid = %(workflow_uuid)s::VARCHAR) AS anon_1

-- streams.APPEND
INSERT INTO "{schema}".streams (workflow_uuid, key, "offset", function_id, value, serialization) SELECT %(workflow_uuid)s::VARCHAR AS anon_1, %(key)s::VARCHAR AS anon_2, (SELECT coalesce(max("{schema}".streams."offset"), -1) + 1 AS anon_4 
FROM "{schema}".streams 
WHERE "{schema}".streams.workflow_uuid = %(workflow_uuid)s::VARCHAR AND "{schema}".streams.key = %(key)s::VARCHAR) AS anon_3, %(function_id)s::BIGINT AS anon_5, %(value)s::VARCHAR AS anon_6, %(serialization)s::VARCHAR AS anon_7 
WHERE NOT (EXISTS (SELECT "{schema}".streams."offset" 
FROM "{schema}".streams 
WHERE "{schema}".streams.workflow_uuid = %(workflow_uuid)s::VARCHAR AND "{schema}".streams.key = %(key)s::VARCHAR AND "{schema}".streams.serialization = 'closed')) RETURNING "{schema}".streams."offset"

-- streams.IS_CLOSED
SELECT "{schema}".streams."offset" 
FROM "{schema}".streams 
WHERE "{schema}".streams.workflow_uuid = %(workflow_uuid)s::VARCHAR AND "{schema}".streams.key = %(key)s::VARCHAR AND "{schema}".streams.serialization = 'closed'

-- streams.READ_ITEMS
SELECT "{schema}".streams.value, "{schema}".streams.serialization 
FROM "{schema}".streams 
WHERE "{schema}".streams.workflow_uuid = %(workflow_uuid)s::VARCHAR AND "{schema}".streams.key = %(key)s::VARCHAR AND "{schema}".streams."offset" >= %(first)s::BIGINT ORDER BY "{schema}".streams."offset" 
 LIMIT %(most)s::BIGINT

-- taking.GUARD
SELECT anon_1.keyed, anon_1.first, anon_1.each_first, CASE WHEN (%(locks)s::BIGINT = 1 OR anon_1.keyed) THEN pg_try_advisory_xact_lock(7236502, hashtext(%(queue_name)s::VARCHAR)) ELSE true END AS anon_2 
FROM (SELECT EXISTS (SELECT 1 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.status = 'ENQUEUED' AND "{schema}".workflow_status.queue_partition_key IS NOT NULL) AS keyed, (SELECT min("{schema}".workflow_status.started_at_epoch_ms) AS min_1 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.rate_limited = 1 AND "{schema}".workflow_status.started_at_epoch_ms > %(since)s::BIGINT) AS first, (SELECT min("{schema}".workflow_status.started_at_epoch_ms) AS min_2 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.rate_limited = 1 AND "{schema}".workflow_status.started_at_epoch_ms > %(each_since)s::BIGINT) AS each_first) AS anon_1

-- taking.TAKE
WITH chosen AS 
(SELECT "{schema}".workflow_status.workflow_uuid AS workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.status = 'ENQUEUED' AND ("{schema}".workflow_status.application_version IS NULL OR "{schema}".workflow_status.application_version = %(application_version)s::VARCHAR OR "{schema}".workflow_status.workflow_version = any(%(workflow_versions)s::TEXT[]) AND "{schema}".workflow_status.workflow_version = (CAST(%(version_of)s::VARCHAR AS JSON) ->> "{schema}".workflow_status.name)) AND CASE WHEN ("{schema}".workflow_status.queue_partition_key IS NULL) THEN 0 ELSE 1 END = 0 ORDER BY "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.workflow_uuid 
 LIMIT %(most)s::BIGINT FOR UPDATE SKIP LOCKED)
 UPDATE "{schema}".workflow_status SET status='PENDING', executor_id=%(executor_id)s::VARCHAR, owner_xid=%(owner)s::VARCHAR, application_version=%(application_version)s::VARCHAR, workflow_version=coalesce(CAST(%(version_of)s::VARCHAR AS JSON) ->> "{schema}".workflow_status.name, "{schema}".workflow_status.workflow_version), recovery_attempts=("{schema}".workflow_status.recovery_attempts + 1), executions=("{schema}".workflow_status.executions + 1), started_at_epoch_ms=%(now)s::BIGINT, updated_at=%(now)s::BIGINT, workflow_deadline_epoch_ms=CASE WHEN ("{schema}".workflow_status.workflow_deadline_epoch_ms IS NULL) THEN %(now)s::BIGINT + "{schema}".workflow_status.workflow_timeout_ms ELSE "{schema}".workflow_status.workflow_deadline_epoch_ms END, rate_limited=%(limited)s::BIGINT WHERE "{schema}".workflow_status.workflow_uuid IN (SELECT chosen.workflow_uuid 
FROM chosen) AND "{schema}".workflow_status.status = 'ENQUEUED' RETURNING "{schema}".workflow_status.workflow_uuid, "{schema}".workflow_status.name, "{schema}".workflow_status.class_name, "{schema}".workflow_status.config_name, "{schema}".workflow_status.inputs, "{schema}".workflow_status.serialization, "{schema}".workflow_status.recovery_attempts, "{schema}".workflow_status.executions, "{schema}".workflow_status.workflow_deadline_epoch_ms, "{schema}".workflow_status.queue_name, "{schema}".workflow_status.authenticated_user, "{schema}".workflow_status.assumed_role, "{schema}".workflow_status.authenticated_roles, "{schema}".workflow_status.owner_xid, "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.queue_partition_key

-- taking.TAKEN
SELECT "{schema}".workflow_status.workflow_uuid, "{schema}".workflow_status.name, "{schema}".workflow_status.class_name, "{schema}".workflow_status.config_name, "{schema}".workflow_status.inputs, "{schema}".workflow_status.serialization, "{schema}".workflow_status.recovery_attempts, "{schema}".workflow_status.executions, "{schema}".workflow_status.workflow_deadline_epoch_ms, "{schema}".workflow_status.queue_name, "{schema}".workflow_status.authenticated_user, "{schema}".workflow_status.assumed_role, "{schema}".workflow_status.authenticated_roles, "{schema}".workflow_status.owner_xid, "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.queue_partition_key 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.status = 'PENDING' AND "{schema}".workflow_status.executor_id = %(executor_id)s::VARCHAR AND "{schema}".workflow_status.owner_xid = %(owner)s::VARCHAR

-- taking.TAKE_CONCURRENCY
WITH chosen AS 
(SELECT "{schema}".workflow_status.workflow_uuid AS workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.status = 'ENQUEUED' AND ("{schema}".workflow_status.application_version IS NULL OR "{schema}".workflow_status.application_version = %(application_version)s::VARCHAR OR "{schema}".workflow_status.workflow_version = any(%(workflow_versions)s::TEXT[]) AND "{schema}".workflow_status.workflow_version = (CAST(%(version_of)s::VARCHAR AS JSON) ->> "{schema}".workflow_status.name)) AND CASE WHEN ("{schema}".workflow_status.queue_partition_key IS NULL) THEN 0 ELSE 1 END = 0 ORDER BY "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.workflow_uuid 
 LIMIT greatest(0, least(%(most)s::BIGINT, %(concurrency)s::BIGINT - (SELECT count(*) AS count_1 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.status = 'PENDING'))) FOR UPDATE SKIP LOCKED)
 UPDATE "{schema}".workflow_status SET status='PENDING', executor_id=%(executor_id)s::VARCHAR, owner_xid=%(owner)s::VARCHAR, application_version=%(application_version)s::VARCHAR, workflow_version=coalesce(CAST(%(version_of)s::VARCHAR AS JSON) ->> "{schema}".workflow_status.name, "{schema}".workflow_status.workflow_version), recovery_attempts=("{schema}".workflow_status.recovery_attempts + 1), executions=("{schema}".workflow_status.executions + 1), started_at_epoch_ms=%(now)s::BIGINT, updated_at=%(now)s::BIGINT, workflow_deadline_epoch_ms=CASE WHEN ("{schema}".workflow_status.workflow_deadline_epoch_ms IS NULL) THEN %(now)s::BIGINT + "{schema}".workflow_status.workflow_timeout_ms ELSE "{schema}".workflow_status.workflow_deadline_epoch_ms END, rate_limited=%(limited)s::BIGINT WHERE "{schema}".workflow_status.workflow_uuid IN (SELECT chosen.workflow_uuid 
FROM chosen) AND "{schema}".workflow_status.status = 'ENQUEUED' RETURNING "{schema}".workflow_status.workflow_uuid, "{schema}".workflow_status.name, "{schema}".workflow_status.class_name, "{schema}".workflow_status.config_name, "{schema}".workflow_status.inputs, "{schema}".workflow_status.serialization, "{schema}".workflow_status.recovery_attempts, "{schema}".workflow_status.executions, "{schema}".workflow_status.workflow_deadline_epoch_ms, "{schema}".workflow_status.queue_name, "{schema}".workflow_status.authenticated_user, "{schema}".workflow_status.assumed_role, "{schema}".workflow_status.authenticated_roles, "{schema}".workflow_status.owner_xid, "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.queue_partition_key

-- taking.TAKE_CONCURRENCY_LIMIT
WITH chosen AS 
(SELECT "{schema}".workflow_status.workflow_uuid AS workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.status = 'ENQUEUED' AND ("{schema}".workflow_status.application_version IS NULL OR "{schema}".workflow_status.application_version = %(application_version)s::VARCHAR OR "{schema}".workflow_status.workflow_version = any(%(workflow_versions)s::TEXT[]) AND "{schema}".workflow_status.workflow_version = (CAST(%(version_of)s::VARCHAR AS JSON) ->> "{schema}".workflow_status.name)) AND CASE WHEN ("{schema}".workflow_status.queue_partition_key IS NULL) THEN 0 ELSE 1 END = 0 ORDER BY "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.workflow_uuid 
 LIMIT greatest(0, least(%(most)s::BIGINT, %(concurrency)s::BIGINT - (SELECT count(*) AS count_1 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.status = 'PENDING'), %(limit)s::BIGINT - (SELECT count(*) AS count_2 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.rate_limited = 1 AND "{schema}".workflow_status.started_at_epoch_ms > %(since)s::BIGINT))) FOR UPDATE SKIP LOCKED)
 UPDATE "{schema}".workflow_status SET status='PENDING', executor_id=%(executor_id)s::VARCHAR, owner_xid=%(owner)s::VARCHAR, application_version=%(application_version)s::VARCHAR, workflow_version=coalesce(CAST(%(version_of)s::VARCHAR AS JSON) ->> "{schema}".workflow_status.name, "{schema}".workflow_status.workflow_version), recovery_attempts=("{schema}".workflow_status.recovery_attempts + 1), executions=("{schema}".workflow_status.executions + 1), started_at_epoch_ms=%(now)s::BIGINT, updated_at=%(now)s::BIGINT, workflow_deadline_epoch_ms=CASE WHEN ("{schema}".workflow_status.workflow_deadline_epoch_ms IS NULL) THEN %(now)s::BIGINT + "{schema}".workflow_status.workflow_timeout_ms ELSE "{schema}".workflow_status.workflow_deadline_epoch_ms END, rate_limited=%(limited)s::BIGINT WHERE "{schema}".workflow_status.workflow_uuid IN (SELECT chosen.workflow_uuid 
FROM chosen) AND "{schema}".workflow_status.status = 'ENQUEUED' RETURNING "{schema}".workflow_status.workflow_uuid, "{schema}".workflow_status.name, "{schema}".workflow_status.class_name, "{schema}".workflow_status.config_name, "{schema}".workflow_status.inputs, "{schema}".workflow_status.serialization, "{schema}".workflow_status.recovery_attempts, "{schema}".workflow_status.executions, "{schema}".workflow_status.workflow_deadline_epoch_ms, "{schema}".workflow_status.queue_name, "{schema}".workflow_status.authenticated_user, "{schema}".workflow_status.assumed_role, "{schema}".workflow_status.authenticated_roles, "{schema}".workflow_status.owner_xid, "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.queue_partition_key

-- taking.TAKE_LIMIT
WITH chosen AS 
(SELECT "{schema}".workflow_status.workflow_uuid AS workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.status = 'ENQUEUED' AND ("{schema}".workflow_status.application_version IS NULL OR "{schema}".workflow_status.application_version = %(application_version)s::VARCHAR OR "{schema}".workflow_status.workflow_version = any(%(workflow_versions)s::TEXT[]) AND "{schema}".workflow_status.workflow_version = (CAST(%(version_of)s::VARCHAR AS JSON) ->> "{schema}".workflow_status.name)) AND CASE WHEN ("{schema}".workflow_status.queue_partition_key IS NULL) THEN 0 ELSE 1 END = 0 ORDER BY "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.workflow_uuid 
 LIMIT greatest(0, least(%(most)s::BIGINT, %(limit)s::BIGINT - (SELECT count(*) AS count_1 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.queue_name = %(queue_name)s::VARCHAR AND "{schema}".workflow_status.rate_limited = 1 AND "{schema}".workflow_status.started_at_epoch_ms > %(since)s::BIGINT))) FOR UPDATE SKIP LOCKED)
 UPDATE "{schema}".workflow_status SET status='PENDING', executor_id=%(executor_id)s::VARCHAR, owner_xid=%(owner)s::VARCHAR, application_version=%(application_version)s::VARCHAR, workflow_version=coalesce(CAST(%(version_of)s::VARCHAR AS JSON) ->> "{schema}".workflow_status.name, "{schema}".workflow_status.workflow_version), recovery_attempts=("{schema}".workflow_status.recovery_attempts + 1), executions=("{schema}".workflow_status.executions + 1), started_at_epoch_ms=%(now)s::BIGINT, updated_at=%(now)s::BIGINT, workflow_deadline_epoch_ms=CASE WHEN ("{schema}".workflow_status.workflow_deadline_epoch_ms IS NULL) THEN %(now)s::BIGINT + "{schema}".workflow_status.workflow_timeout_ms ELSE "{schema}".workflow_status.workflow_deadline_epoch_ms END, rate_limited=%(limited)s::BIGINT WHERE "{schema}".workflow_status.workflow_uuid IN (SELECT chosen.workflow_uuid 
FROM chosen) AND "{schema}".workflow_status.status = 'ENQUEUED' RETURNING "{schema}".workflow_status.workflow_uuid, "{schema}".workflow_status.name, "{schema}".workflow_status.class_name, "{schema}".workflow_status.config_name, "{schema}".workflow_status.inputs, "{schema}".workflow_status.serialization, "{schema}".workflow_status.recovery_attempts, "{schema}".workflow_status.executions, "{schema}".workflow_status.workflow_deadline_epoch_ms, "{schema}".workflow_status.queue_name, "{schema}".workflow_status.authenticated_user, "{schema}".workflow_status.assumed_role, "{schema}".workflow_status.authenticated_roles, "{schema}".workflow_status.owner_xid, "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.queue_partition_key

-- versions.LATEST
INSERT INTO "{schema}".application_versions (version_name, version_id, version_timestamp, created_at) VALUES (%(version_name)s::VARCHAR, %(version_id)s::VARCHAR, %(now)s::BIGINT, %(now)s::BIGINT) ON CONFLICT (version_name) DO UPDATE SET version_timestamp = %(now)s::BIGINT

-- versions.LIST
SELECT "{schema}".application_versions.version_id, "{schema}".application_versions.version_name, "{schema}".application_versions.version_timestamp, "{schema}".application_versions.created_at 
FROM "{schema}".application_versions ORDER BY "{schema}".application_versions.version_timestamp DESC, "{schema}".application_versions.created_at DESC

-- versions.REGISTER
INSERT INTO "{schema}".application_versions (version_name, version_id, version_timestamp, created_at) VALUES (%(version_name)s::VARCHAR, %(version_id)s::VARCHAR, %(now)s::BIGINT, %(now)s::BIGINT) ON CONFLICT DO NOTHING

-- workflows.CANCEL
UPDATE "{schema}".workflow_status SET status='CANCELLED', queue_name=NULL, deduplication_id=NULL, completed_at=%(now)s::BIGINT, updated_at=%(now)s::BIGINT WHERE "{schema}".workflow_status.workflow_uuid = any(%(ids)s::TEXT[]) AND "{schema}".workflow_status.status IN ('PENDING', 'ENQUEUED', 'DELAYED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED') RETURNING "{schema}".workflow_status.workflow_uuid

-- workflows.CANCEL_LATE
UPDATE "{schema}".workflow_status SET status='CANCELLED', queue_name=NULL, deduplication_id=NULL, completed_at=%(now)s::BIGINT, updated_at=%(now)s::BIGINT WHERE "{schema}".workflow_status.workflow_uuid = %(workflow_uuid)s::VARCHAR AND "{schema}".workflow_status.status IN ('PENDING', 'ENQUEUED', 'DELAYED') AND "{schema}".workflow_status.workflow_deadline_epoch_ms <= %(now)s::BIGINT

-- workflows.CLAIM
UPDATE "{schema}".workflow_status SET executor_id=%(executor_id)s::VARCHAR, owner_xid=%(owner)s::VARCHAR, application_version=%(application_version)s::VARCHAR, workflow_version=coalesce(%(workflow_version)s::VARCHAR, "{schema}".workflow_status.workflow_version), recovery_attempts=("{schema}".workflow_status.recovery_attempts + 1), executions=("{schema}".workflow_status.executions + 1), updated_at=%(now)s::BIGINT WHERE "{schema}".workflow_status.workflow_uuid IN (SELECT "{schema}".workflow_status.workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.workflow_uuid = %(workflow_uuid)s::VARCHAR FOR UPDATE SKIP LOCKED) AND "{schema}".workflow_status.status = 'PENDING' AND (coalesce("{schema}".workflow_status.owner_xid, '') = %(former_owner)s::VARCHAR OR "{schema}".workflow_status.owner_xid = %(owner)s::VARCHAR) RETURNING "{schema}".workflow_status.workflow_uuid, "{schema}".workflow_status.name, "{schema}".workflow_status.class_name, "{schema}".workflow_status.config_name, "{schema}".workflow_status.inputs, "{schema}".workflow_status.serialization, "{schema}".workflow_status.recovery_attempts, "{schema}".workflow_status.executions, "{schema}".workflow_status.workflow_deadline_epoch_ms, "{schema}".workflow_status.queue_name, "{schema}".workflow_status.authenticated_user, "{schema}".workflow_status.assumed_role, "{schema}".workflow_status.authenticated_roles, "{schema}".workflow_status.owner_xid, "{schema}".workflow_status.priority, "{schema}".workflow_status.arrival, "{schema}".workflow_status.queue_partition_key

-- workflows.FINISH
UPDATE "{schema}".workflow_status SET status=%(status)s::VARCHAR, output=%(output)s::VARCHAR, error=%(error)s::VARCHAR, output_serialization=%(serialization)s::VARCHAR, deduplication_id=NULL, completed_at=%(now)s::BIGINT, updated_at=%(now)s::BIGINT WHERE "{schema}".workflow_status.workflow_uuid = %(workflow_uuid)s::VARCHAR AND "{schema}".workflow_status.owner_xid = %(owner)s::VARCHAR AND "{schema}".workflow_status.status = 'PENDING'

-- workflows.INSERT
INSERT INTO "{schema}".workflow_status (workflow_uuid, status, name, class_name, config_name, authenticated_user, assumed_role, authenticated_roles, inputs, serialization, executor_id, owner_xid, application_version, workflow_version, application_name, recovery_attempts, executions, queue_name, deduplication_id, queue_partition_key, priority, arrival, delay_until_epoch_ms, started_at_epoch_ms, created_at, updated_at, workflow_timeout_ms, workflow_deadline_epoch_ms, parent_workflow_id, forked_from, schedule_name, attributes, is_debounced, debounce_deadline_epoch_ms) VALUES (%(workflow_uuid)s::VARCHAR, %(status)s::VARCHAR, %(name)s::VARCHAR, %(class_name)s::VARCHAR, %(config_name)s::VARCHAR, %(authenticated_user)s::VARCHAR, %(assumed_role)s::VARCHAR, %(authenticated_roles)s::VARCHAR, %(inputs)s::VARCHAR, %(serialization)s::VARCHAR, %(executor_id)s::VARCHAR, %(owner_xid)s::VARCHAR, %(application_version)s::VARCHAR, %(workflow_version)s::VARCHAR, %(application_name)s::VARCHAR, %(recovery_attempts)s::BIGINT, %(executions)s::BIGINT, %(queue_name)s::VARCHAR, %(deduplication_id)s::VARCHAR, %(queue_partition_key)s::VARCHAR, %(priority)s::BIGINT, %(arrival)s::BIGINT, %(delay_until_epoch_ms)s::BIGINT, %(started_at_epoch_ms)s::BIGINT, %(created_at)s::BIGINT, %(created_at)s::BIGINT, %(workflow_timeout_ms)s::BIGINT, %(workflow_deadline_epoch_ms)s::BIGINT, %(parent_workflow_id)s::VARCHAR, %(forked_from)s::VARCHAR, %(schedule_name)s::VARCHAR, %(attributes)s::VARCHAR, %(is_debounced)s::BIGINT, %(debounce_deadline_epoch_ms)s::BIGINT) ON CONFLICT DO NOTHING RETURNING "{schema}".workflow_status.workflow_uuid

-- workflows.READ_ENDING
SELECT "{schema}".workflow_status.status, "{schema}".workflow_status.name, "{schema}".workflow_status.class_name, "{schema}".workflow_status.config_name, "{schema}".workflow_status.output, "{schema}".workflow_status.error, "{schema}".workflow_status.output_serialization, "{schema}".workflow_status.owner_xid, "{schema}".workflow_status.executor_id, "{schema}".workflow_status.queue_name 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.workflow_uuid = %(workflow_uuid)s::VARCHAR

-- workflows.REQUEUE
UPDATE "{schema}".workflow_status SET status='ENQUEUED', owner_xid=NULL, application_version=coalesce(%(application_version)s::VARCHAR, "{schema}".workflow_status.application_version), workflow_version=coalesce(%(workflow_version)s::VARCHAR, "{schema}".workflow_status.workflow_version), updated_at=%(now)s::BIGINT WHERE "{schema}".workflow_status.workflow_uuid IN (SELECT "{schema}".workflow_status.workflow_uuid 
FROM "{schema}".workflow_status 
WHERE "{schema}".workflow_status.workflow_uuid = %(workflow_uuid)s::VARCHAR FOR UPDATE SKIP LOCKED) AND "{schema}".workflow_status.status = 'PENDING' AND coalesce("{schema}".workflow_status.owner_xid, '') = %(former_owner)s::VARCHAR

-- workflows.RESUME
UPDATE "{schema}".workflow_status SET status='ENQUEUED', owner_xid=NULL, application_version=%(application_version)s::VARCHAR, workflow_version=NULL, recovery_attempts=0, queue_name=%(queue_name)s::VARCHAR, deduplication_id=NULL, queue_partition_key=NULL, delay_until_epoch_ms=NULL, started_at_epoch_ms=NULL, completed_at=NULL, updated_at=%(now)s::BIGINT, workflow_timeout_ms=NULL, workflow_deadline_epoch_ms=NULL WHERE "{schema}".workflow_status.workflow_uuid = any(%(ids)s::TEXT[]) AND "{schema}".workflow_status.status IN ('PENDING', 'ENQUEUED', 'DELAYED', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED') AND ("{schema}".workflow_status.status != 'PENDING' OR coalesce("{schema}".workflow_status.owner_xid, '') = %(former_owner)s::VARCHAR) RETURNING "{schema}".workflow_status.workflow_uuid

