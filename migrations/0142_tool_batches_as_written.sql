-- json, not jsonb: what is kept of an import must come back as it was looked at, with fields in their order and numbers as they are
-- written; a document that comes back otherwise is not the one of the preview.
alter table tool_batches alter column body type json using body::json;
