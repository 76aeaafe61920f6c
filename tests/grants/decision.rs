//! Every combination of visibility × subject × ownership × attachment × grant × expiry × role × status, against an oracle that is
//! written from the sentences of the specification and knows nothing of the code.

use chrono::Duration;
use serde_json::json;
use support::TestSystem;
use toolcrib::{
    Error,
    access::Role,
    actor::Actor,
    agents::attachments::attachments,
    executions::{ErrorClass, ExecuteRequest, execute},
    grants::Subject,
    ids::{AgentId, GrantId, ToolId},
    tools::{
        self, Level, ToolFilter,
        explain::{Outcome, explain},
    },
    workflows::catalog::catalog,
};

const VISIBILITIES: [&str; 3] = ["platform", "public", "private"];
const STATUSES: [&str; 4] = ["draft", "active", "disabled", "deprecated"];
const GRANTS: [Option<&str>; 4] = [None, Some("read"), Some("execute"), Some("admin")];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Expiry {
    Never,
    ToCome,
    Passed,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Attached {
    No,
    Off,
    On,
}

/// One line of the table.
#[derive(Clone, Copy, Debug)]
struct Case {
    visibility: &'static str,
    status: &'static str,
    owns: bool,
    grant: Option<&'static str>,
    expiry: Expiry,
    who: Who,
}

#[derive(Clone, Copy, Debug)]
enum Who {
    Person(Role),
    Agent(Attached),
}

/// What the specification says of a case.
struct Expected {
    sees: bool,
    calls: bool,
    /// The permission to execute, whatever the status.
    may_execute: bool,
    /// The same for an agent, whether or not the tool is attached and switched on.
    is_permitted: bool,
}

/// What the specification says: (sees the tool, calls it).
fn specification(case: Case) -> Expected {
    // "Grants: read < execute < admin; optional expires_at, honoured to the second."
    let granted = if case.expiry == Expiry::Passed { None } else { case.grant };
    let named = granted.is_some();
    let named_to_execute = matches!(granted, Some("execute" | "admin"));
    // "platform (built in, every organization, read-only) · public (every member and agent of the organization) ·
    //  private (owner, admins, and whom a grant names)."
    let (sees, executes) = match (case.visibility, case.who) {
        ("platform" | "public", _) => (true, true),
        (_, Who::Person(role)) => {
            let owner_or_admin = case.owns || role == Role::Owner || role == Role::Admin;
            (owner_or_admin || named, owner_or_admin || named_to_execute)
        }
        (_, Who::Agent(_)) => (case.owns || named, case.owns || named_to_execute),
    };
    // "Agents may call only what is attached to them and that they may execute."
    let attached = !matches!(case.who, Who::Agent(Attached::No | Attached::Off));
    // "Only active tools can be called by agents; deprecated ones still run and warn; a draft runs only as a test from its page."
    let runs = matches!(case.status, "active" | "deprecated");
    Expected { sees: sees && attached, calls: executes && attached && runs, may_execute: executes && attached, is_permitted: executes }
}

/// A tool that answers at once: nothing listens where it calls.
async fn tool(test: &TestSystem, owner: &Actor, visibility: &str, status: &str, number: usize) -> ToolId {
    let mut new = crate::tools::request(
        &format!("tool_{number}"),
        json!({"method": "GET", "base_url": "http://127.0.0.1:9", "path": "/", "auth_type": "none"}),
        json!({}),
    );
    new.retry_policy.max_attempts = 1;
    let tool = tools::create(test.system(), owner, new).await.unwrap();
    let organization = (visibility != "platform").then_some(owner.organization_id.0);
    sqlx::query("update tools set visibility = $2, status = $3, organization_id = $4, owner_type = case when $4::uuid is null then 'platform' else owner_type end where id = $1")
        .bind(tool.id)
        .bind(visibility)
        .bind(status)
        .bind(organization)
        .execute(test.owner())
        .await
        .unwrap();
    tool.id
}

async fn give(test: &TestSystem, owner: &Actor, tool: ToolId, subject: Subject, permission: &str, expiry: Expiry) {
    let end = match expiry {
        Expiry::Never => None,
        Expiry::ToCome => Some(test.now() + Duration::hours(1)),
        Expiry::Passed => Some(test.now() - Duration::seconds(1)),
    };
    sqlx::query("insert into tool_grants (id, organization_id, tool_id, subject_id, subject_type, permission, expires_at) values ($1, $2, $3, $4, $5, $6, $7)")
        .bind(GrantId::new())
        .bind(owner.organization_id)
        .bind(tool)
        .bind(subject.subject_id)
        .bind(subject.subject_type.as_str())
        .bind(permission)
        .bind(end)
        .execute(test.owner())
        .await
        .unwrap();
}

/// Asks everything that decides, and compares it with the specification.
async fn check(test: &TestSystem, asker: &Actor, subject: &Actor, tool: ToolId, case: Case, call: bool) {
    let Expected { sees, calls, may_execute, is_permitted } = specification(case);
    let id = subject.agent_id.map_or_else(|| Subject::user(subject.user_id), Subject::agent);
    let explained = explain(test.system(), asker, tool, id).await.unwrap();
    assert_eq!((explained.may_see, explained.may_call), (sees, calls), "{case:?}: {explained:#?}");
    // The steps lead to the answer: nothing stops it, and something gives the permission to execute.
    let stopped = explained.steps.iter().any(|step| step.outcome == Outcome::Stops);
    let given = explained.steps.iter().filter(|step| step.outcome == Outcome::Gives).map(|step| step.level).max();
    assert_eq!(!stopped && given >= Some(Level::Execute), calls, "{case:?}: {:#?}", explained.steps);
    assert!(explained.answer.starts_with(if calls { "Yes" } else { "No" }), "{}", explained.answer);
    assert_eq!(tools::get(test.system(), subject, tool).await.is_ok(), sees, "{case:?}");
    // What asks of many tools at once decides the same: what may be a step of a workflow, and what an attachment says of itself.
    assert_eq!(catalog(test.system(), subject).await.unwrap().contains_key(&tool), may_execute, "{case:?}");
    if let Some(agent) = subject.agent_id {
        let attached = attachments(test.system(), asker, agent).await.unwrap().into_iter().find(|attachment| attachment.tool_id == tool);
        if let Some(attachment) = attached {
            assert_eq!((attachment.is_permitted, attachment.obstacle().is_none()), (is_permitted, calls), "{case:?}");
        }
    }
    if call {
        let called = match execute(test.system(), subject, ExecuteRequest::new(tool, json!({}))).await {
            Ok(execution) => execution.error_class != Some(ErrorClass::Unauthorized),
            Err(Error::NotFound(_) | Error::Conflict { .. }) => false,
            Err(error) => panic!("{case:?}: {error}"),
        };
        assert_eq!(called, calls, "{case:?} is called otherwise than it is explained");
    }
}

fn grants_and_ends() -> Vec<(Option<&'static str>, Expiry)> {
    let mut all = Vec::new();
    for grant in GRANTS {
        let ends: &[Expiry] = if grant.is_some() { &[Expiry::Never, Expiry::ToCome, Expiry::Passed] } else { &[Expiry::Never] };
        all.extend(ends.iter().map(|end| (grant, *end)));
    }
    all
}

#[tokio::test]
async fn people_see_and_call_what_the_specification_says_and_nothing_else() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let mut number = 0;
    for visibility in VISIBILITIES {
        for status in STATUSES {
            for owns in [false, true] {
                if owns && visibility == "platform" {
                    continue; // built-in tools are nobody's
                }
                number += 1;
                let tool = tool(&test, &owner, visibility, status, number).await;
                for role in Role::ALL {
                    for (grant, expiry) in grants_and_ends() {
                        let person = test.member(&organization, role).await;
                        if owns {
                            sqlx::query("update tools set owner_id = $2 where id = $1")
                                .bind(tool)
                                .bind(person.user_id)
                                .execute(test.owner())
                                .await
                                .unwrap();
                        }
                        if let Some(permission) = grant {
                            give(&test, &owner, tool, Subject::user(person.user_id), permission, expiry).await;
                        }
                        let case = Case { visibility, status, owns, grant, expiry, who: Who::Person(role) };
                        // Calls are slower than questions: every combination that matters for one, but not of all roles.
                        check(&test, &owner, &person, tool, case, matches!(role, Role::Admin | Role::Member)).await;
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn agents_call_what_the_specification_says_and_nothing_else() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (mut number, mut agents) = (0, 0);
    for visibility in VISIBILITIES {
        for status in STATUSES {
            for owns in [false, true] {
                if owns && visibility == "platform" {
                    continue;
                }
                number += 1;
                let tool = tool(&test, &owner, visibility, status, number).await;
                for attached in [Attached::No, Attached::Off, Attached::On] {
                    for (grant, expiry) in grants_and_ends() {
                        agents += 1;
                        let agent = AgentId::new();
                        sqlx::query("insert into agents (id, organization_id, name, display_name) values ($1, $2, $3, $3)")
                            .bind(agent)
                            .bind(owner.organization_id)
                            .bind(format!("agent_{agents}"))
                            .execute(test.owner())
                            .await
                            .unwrap();
                        if attached != Attached::No {
                            sqlx::query(
                                "insert into agent_tools (id, organization_id, agent_id, tool_id, is_enabled) values ($1, $2, $3, $4, $5)",
                            )
                            .bind(uuid::Uuid::now_v7())
                            .bind(owner.organization_id)
                            .bind(agent)
                            .bind(tool)
                            .bind(attached == Attached::On)
                            .execute(test.owner())
                            .await
                            .unwrap();
                        }
                        if owns {
                            sqlx::query("update tools set owner_type = 'agent', owner_id = $2 where id = $1")
                                .bind(tool)
                                .bind(agent)
                                .execute(test.owner())
                                .await
                                .unwrap();
                        }
                        if let Some(permission) = grant {
                            give(&test, &owner, tool, Subject::agent(agent), permission, expiry).await;
                        }
                        let case = Case { visibility, status, owns, grant, expiry, who: Who::Agent(attached) };
                        let mut actor = owner.clone();
                        actor.agent_id = Some(agent);
                        check(&test, &owner, &actor, tool, case, true).await;
                        // The list agrees with the call.
                        let listed = tools::list(test.system(), &actor, ToolFilter::default()).await.unwrap();
                        assert_eq!(listed.items.iter().any(|one| one.id == tool), specification(case).sees, "{case:?}");
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn others_are_asked_about_by_builders_and_whoever_administers_the_tool_only() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let (member, builder) = (test.member(&organization, Role::Member).await, test.member(&organization, Role::Builder).await);
    let tool = tool(&test, &owner, "public", "active", 1).await;
    let about = Subject::user(owner.user_id);
    assert!(explain(test.system(), &member, tool, Subject::user(member.user_id)).await.unwrap().may_call);
    assert!(matches!(explain(test.system(), &member, tool, about).await, Err(Error::Forbidden(_))));
    assert!(explain(test.system(), &builder, tool, about).await.unwrap().may_call);
    assert!(matches!(explain(test.system(), &stranger, tool, about).await, Err(Error::NotFound("tool"))));
    assert!(matches!(explain(test.system(), &owner, tool, Subject::user(stranger.user_id)).await, Err(Error::NotFound("member"))));
    assert!(matches!(explain(test.system(), &owner, tool, Subject::agent(stranger.user_id)).await, Err(Error::NotFound("agent"))));
}
