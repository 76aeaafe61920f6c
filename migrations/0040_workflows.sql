-- A run counts on its workflow; that is no edit: `updated_at` says when somebody last changed the workflow.
drop trigger workflows_touch on workflows;
create trigger workflows_touch before update on workflows for each row
  when (old.revision is distinct from new.revision or old.published_version is distinct from new.published_version)
  execute function touch_updated_at();
-- Lists of a workflow's runs and of one person's runs are read newest first.
create index workflow_runs_user_idx on workflow_runs (organization_id, user_id, created_at desc);
