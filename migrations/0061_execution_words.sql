-- Executions are found by the words in their inputs, outputs, error, prompt and tool's name.
--
-- Words, not parts of words: for a payload of 1.3 KB cutting and indexing words costs 0.17 ms a row, all trigrams 0.68 ms and twice the
-- room. A search takes each of its words as the beginning of one.
create function words_in(text) returns text[] language sql immutable parallel safe set search_path = public as $$
  select coalesce(array_agg(distinct left(word, 100)), '{}') from regexp_split_to_table(lower(left($1, 200000)), '[^[:alnum:]]+') word
  where word <> '' $$;

-- Texts and numbers of a payload, without the names of its fields. Of a very large one the beginning, as it stands.
create function words_of_execution(tool_name text, inputs jsonb, outputs jsonb, others text) returns tsvector
  language sql immutable parallel safe set search_path = public as $$
  select array_to_tsvector(words_in(concat_ws(' ', tool_name, others,
    case when coalesce(pg_column_size(inputs), 0) + coalesce(pg_column_size(outputs), 0) > 500000
      then left(inputs::text, 90000) || ' ' || left(outputs::text, 90000)
      else (select string_agg(part #>> '{}', ' ')
            from jsonb_path_query(jsonb_build_array(inputs, outputs), 'strict $.** ? (@.type() == "string" || @.type() == "number")') part)
    end))) $$;

alter table tool_executions add column words tsvector;
create index tool_executions_words_idx on tool_executions using gin (words);

-- By a trigger, so that whoever finishes an execution cannot forget it. What still runs is found by its tool's name only: one write less.
create function index_execution() returns trigger language plpgsql set search_path = public as $$
begin
  if new.status not in ('pending', 'running') then
    new.words := words_of_execution(new.tool_name, new.inputs, new.outputs, concat_ws(' ', new.error_message, new.user_prompt));
  end if;
  return new;
end $$;
create trigger tool_executions_words before insert or update of status on tool_executions for each row execute function index_execution();

do $$ begin
  execute format('create policy tool_executions_mend on tool_executions for update to %I using (true) with check (true)', current_user);
  update tool_executions set status = status;
  drop policy tool_executions_mend on tool_executions;
end $$;

-- Row-level security lets no index be asked before the wall unless the operator is leakproof, which text search is not. So the
-- wall stands in the query itself, and answers are ids: what is shown of them is read through the wall again.
-- Common words are found among the newest executions; rare ones by the index, which the planner would not choose by itself where a
-- limit stands: it guesses too high how often the beginning of a word occurs.
create function find_executions(search text, every_one boolean, person uuid, agent uuid, of_tool uuid, of_agent uuid, of_session uuid, of_run uuid,
    in_status text, from_source text, since timestamptz, until timestamptz, before_time timestamptz, before_id uuid, how_many bigint)
  returns table (id uuid, created_at timestamptz)
  language plpgsql stable security definer set search_path = public as $$
declare
  query tsquery := (select string_agg(format('''%s'':*', word), ' & ')::tsquery from unnest(words_in(search)) word);
  place constant text := 'e.organization_id = $1
    and ($12::timestamptz is null or e.created_at >= $12) and ($13::timestamptz is null or e.created_at < $13)
    and ($14::timestamptz is null or (e.created_at, e.id) < ($14, $15))';
  fits constant text := '(e.words @@ $2 or (e.status in (''pending'', ''running'') and array_to_tsvector(words_in(e.tool_name)) @@ $2))
    and ($3 or ($5::uuid is null and e.user_id = $4) or e.agent_id = $5)
    and ($6::uuid is null or e.tool_id = $6) and ($7::uuid is null or e.agent_id = $7)
    and ($8::uuid is null or e.session_id = $8) and ($9::uuid is null or e.run_id = $9)
    and ($10::text is null or e.status = $10) and ($11::text is null or e.source = $11)';
  newest constant text := 'select e.id, e.created_at from
    (select * from tool_executions e where ' || place || ' order by e.created_at desc, e.id desc limit 2000) e where ' || fits || '
    order by e.created_at desc, e.id desc limit $16';
  all_of_them constant text := 'with found as materialized (select e.id, e.created_at from tool_executions e where ' || place || ' and ' || fits || ')
    select found.id, found.created_at from found order by found.created_at desc, found.id desc limit $16';
  found_ids uuid[];
  found_times timestamptz[];
begin
  -- Nothing to look for: a search of punctuation only.
  if query is null then return; end if;
  execute 'select array_agg(n.id), array_agg(n.created_at) from (' || newest || ') n' into found_ids, found_times
    using current_organization(), query, every_one, person, agent, of_tool, of_agent, of_session, of_run, in_status, from_source,
      since, until, before_time, before_id, how_many;
  if cardinality(found_ids) >= how_many then
    return query select * from unnest(found_ids, found_times);
    return;
  end if;
  return query execute all_of_them
    using current_organization(), query, every_one, person, agent, of_tool, of_agent, of_session, of_run, in_status, from_source,
      since, until, before_time, before_id, how_many;
end $$;
revoke all on function find_executions(text, boolean, uuid, uuid, uuid, uuid, uuid, uuid, text, text, timestamptz, timestamptz, timestamptz, uuid, bigint) from public;
grant execute on function find_executions(text, boolean, uuid, uuid, uuid, uuid, uuid, uuid, text, text, timestamptz, timestamptz, timestamptz, uuid, bigint) to toolcrib_app;
