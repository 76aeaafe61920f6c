-- A replay is a new execution with the inputs of an earlier one; each leads to the other.
alter table tool_executions add column replay_of uuid;
create index tool_executions_replay_idx on tool_executions (replay_of) where replay_of is not null;
