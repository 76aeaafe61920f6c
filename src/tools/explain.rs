//! Why can, or can't, this agent or person call this tool? The decision is not made here: it is read from the same `tool_access` and
//! [`super::access::verdict`] that decide calls. What is made here are the steps that lead to it.

use super::access::Level;
use crate::{
    grants::{Subject, SubjectType},
    ids::ToolId,
    tools::words,
};
use serde::{Deserialize, Serialize};

words! {
    /// What a step looks at.
    Rule {
        Wall = "wall", "Organization";
        Attached = "attached", "Attachment";
        Enabled = "enabled", "Switched on";
        Status = "status", "Status";
        Visibility = "visibility", "Visibility";
        Owner = "owner", "Owner";
        Role = "role", "Role";
        Grant = "grant", "Grant";
    }
}

words! {
    /// What a step comes to.
    Outcome {
        /// Needed, and given.
        Passes = "passes", "Passes";
        /// Needed, and not given: the call stops here.
        Stops = "stops", "Stops";
        /// Gives a permission; any one is enough.
        Gives = "gives", "Gives";
        /// Could give a permission, but does not.
        Nothing = "nothing", "Gives nothing";
    }
}

/// One rule, and what it comes to here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Step {
    pub rule: Rule,
    pub outcome: Outcome,
    /// What a step that `gives` gives.
    pub level: Level,
    pub message: String,
}

/// Whether somebody can call a tool now, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Explanation {
    pub tool_id: ToolId,
    pub tool_name: String,
    pub subject_type: SubjectType,
    pub subject_id: uuid::Uuid,
    pub subject_name: String,
    /// How far they may go with it.
    pub level: Level,
    pub may_see: bool,
    pub may_call: bool,
    /// The answer in a sentence.
    pub answer: String,
    pub steps: Vec<Step>,
}

impl Explanation {
    #[must_use]
    pub fn subject(&self) -> Subject {
        Subject { subject_type: self.subject_type, subject_id: self.subject_id }
    }
}

#[cfg(feature = "ssr")]
pub use read::explain;

#[cfg(feature = "ssr")]
mod read {
    use super::{Explanation, Outcome, Rule, Step};
    use crate::{
        access::{Permission, Role},
        actor::Actor,
        db::TenantTx,
        error::{Error, Result},
        grants::{self, Grant, GrantPermission, Subject, SubjectType},
        ids::{AgentId, ToolId, UserId},
        system::System,
        tools::{
            OwnerType, Status, Tool, Visibility,
            access::{Asker, Level, Verdict, verdict},
            store,
        },
    };
    use chrono::{DateTime, SecondsFormat, Utc};

    /// Explains the decision for `subject`. About oneself everybody may ask; about others whoever builds agents or administers the tool.
    pub async fn explain(system: &System, actor: &Actor, tool: ToolId, subject: Subject) -> Result<Explanation> {
        actor.require(Permission::See)?;
        let now = system.clock.now();
        let mut tx = system.tenant(actor).await?;
        let (tool, own) = store::find(&mut tx, Asker::of(actor), tool, now).await?.ok_or(Error::NotFound("tool"))?;
        if own == Level::None {
            return Err(Error::NotFound("tool"));
        }
        let oneself = match actor.agent_id {
            Some(agent) => subject == Subject::agent(agent.0),
            None => subject == Subject::user(actor.user_id.0),
        };
        if !oneself && own < Level::Admin && !actor.may(Permission::Build) {
            return Err(Error::Forbidden("Only builders, admins and whoever administers this tool ask this about others.".to_owned()));
        }
        match subject.subject_type {
            SubjectType::Agent => agent(&mut tx, actor, &tool, AgentId(subject.subject_id), now).await,
            SubjectType::User => person(&mut tx, actor, &tool, UserId(subject.subject_id), now).await,
        }
    }

    async fn agent(tx: &mut TenantTx, actor: &Actor, tool: &Tool, id: AgentId, now: DateTime<Utc>) -> Result<Explanation> {
        let subject = Subject::agent(id.0);
        let agent = crate::agents::store::find(tx, id, false).await?.ok_or(Error::NotFound("agent"))?;
        let level = store::find(tx, Asker::agent(actor, id), tool.id, now).await?.map_or(Level::None, |(_, level)| level);
        let attached = sqlx::query_scalar!("select is_enabled from agent_tools where agent_id = $1 and tool_id = $2", id.0, tool.id.0)
            .fetch_optional(&mut **tx)
            .await?;
        let grant = grants::store::find_for(tx, tool.id, subject, now).await?;
        let mut steps = vec![wall(tool, format!("The agent “{}” belongs to this organization", agent.display_name))];
        steps.push(match attached {
            Some(_) => passes(Rule::Attached, "The tool is attached to the agent."),
            None => stops(Rule::Attached, "The tool is not attached to the agent. Agents call only what is attached to them."),
        });
        if let Some(enabled) = attached {
            steps.push(if enabled {
                passes(Rule::Enabled, "The attachment is switched on.")
            } else {
                stops(Rule::Enabled, "The attachment is switched off.")
            });
        }
        steps.push(status(tool.status));
        steps.push(visibility(tool, "agent"));
        if tool.owner_type == Some(OwnerType::Agent) {
            let own = tool.owner_id == Some(id.0);
            steps.push(if own {
                gives(Rule::Owner, Level::Execute, "The agent owns the tool.")
            } else {
                nothing(Rule::Owner, "Another agent owns the tool.")
            });
        }
        steps.push(self::grant(grant.as_ref(), "agent"));
        Ok(explanation(tool, subject, agent.display_name, level, steps))
    }

    async fn person(tx: &mut TenantTx, actor: &Actor, tool: &Tool, id: UserId, now: DateTime<Utc>) -> Result<Explanation> {
        let subject = Subject::user(id.0);
        let member = crate::organizations::store::member(tx, actor.organization_id, id).await?.ok_or(Error::NotFound("member"))?;
        let level = store::find(tx, Asker::member(id, member.role), tool.id, now).await?.map_or(Level::None, |(_, level)| level);
        let grant = grants::store::find_for(tx, tool.id, subject, now).await?;
        let mut steps = vec![wall(tool, format!("{} is a member of this organization", member.name)), status(tool.status)];
        steps.push(visibility(tool, "person"));
        if tool.organization_id.is_some() {
            let own = tool.owner_type == Some(OwnerType::User) && tool.owner_id == Some(id.0);
            steps.push(if own {
                gives(Rule::Owner, Level::Admin, "They own the tool.")
            } else {
                nothing(Rule::Owner, "They do not own the tool.")
            });
            let role = member.role.as_str();
            steps.push(if matches!(member.role, Role::Owner | Role::Admin) {
                gives(Rule::Role, Level::Admin, &format!("Their role {role} administers every tool of the organization."))
            } else {
                nothing(Rule::Role, &format!("Their role {role} gives nothing on tools of others by itself."))
            });
        }
        steps.push(self::grant(grant.as_ref(), "person"));
        Ok(explanation(tool, subject, member.name, level, steps))
    }

    fn explanation(tool: &Tool, subject: Subject, name: String, level: Level, steps: Vec<Step>) -> Explanation {
        let verdict = verdict(level, tool.status, false);
        let stopped = steps.iter().find(|step| step.outcome == Outcome::Stops).map(|step| step.message.clone());
        let why = |otherwise: &str| stopped.clone().unwrap_or_else(|| otherwise.to_owned());
        let answer = match verdict {
            Verdict::Callable { deprecated: false } => format!("Yes: {name} can call “{}” now.", tool.name),
            Verdict::Callable { deprecated: true } => {
                format!("Yes: {name} can call “{}” now. It is deprecated: every call warns.", tool.name)
            }
            Verdict::ReadOnly => format!("No. {}", why("They may see the tool but not call it: nothing gives the permission to execute.")),
            Verdict::Unseen => {
                format!("No. {}", why("The tool is private, and nothing gives a permission: neither ownership, role nor a grant."))
            }
            Verdict::Draft | Verdict::Disabled => format!("No. {}", why("The tool is not active.")),
        };
        Explanation {
            tool_id: tool.id,
            tool_name: tool.name.clone(),
            subject_type: subject.subject_type,
            subject_id: subject.subject_id,
            subject_name: name,
            level,
            may_see: level > Level::None,
            may_call: matches!(verdict, Verdict::Callable { .. }),
            answer,
            steps,
        }
    }

    fn wall(tool: &Tool, who: String) -> Step {
        let place = if tool.organization_id.is_some() { "and so does the tool" } else { "and the tool is built into every organization" };
        passes(Rule::Wall, &format!("{who}, {place}."))
    }

    fn status(status: Status) -> Step {
        match status {
            Status::Active => passes(Rule::Status, "The tool is active."),
            Status::Deprecated => passes(Rule::Status, "The tool is deprecated: it still runs, and warns."),
            Status::Draft => stops(Rule::Status, "The tool is a draft: it runs as a test from its own page only."),
            Status::Disabled => stops(Rule::Status, "The tool is disabled: nobody calls it."),
        }
    }

    fn visibility(tool: &Tool, who: &str) -> Step {
        match tool.visibility {
            _ if tool.organization_id.is_none() => gives(Rule::Visibility, Level::Execute, "The tool is built in: everybody may call it."),
            Visibility::Platform | Visibility::Public => {
                gives(Rule::Visibility, Level::Execute, "The tool is public: every member and agent of the organization may call it.")
            }
            Visibility::Private => {
                nothing(Rule::Visibility, &format!("The tool is private: this {who} needs a permission from one of the steps below."))
            }
        }
    }

    fn grant(grant: Option<&Grant>, who: &str) -> Step {
        let moment = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let Some(grant) = grant else {
            return nothing(Rule::Grant, &format!("This {who} has no grant on the tool."));
        };
        let by = grant.granted_by_name.as_ref().map(|name| format!(" by {name}")).unwrap_or_default();
        let word = grant.permission.label().to_lowercase();
        match grant.expires_at {
            Some(end) if grant.is_expired => nothing(Rule::Grant, &format!("A grant to {word}, given{by}, expired on {}.", moment(end))),
            end => {
                let until = end.map(|end| format!(", until {}", moment(end))).unwrap_or_default();
                let level = match (grant.permission, grant.subject_type) {
                    (GrantPermission::Read, _) => Level::Read,
                    // Agents call tools; they never change them.
                    (GrantPermission::Execute, _) | (GrantPermission::Admin, SubjectType::Agent) => Level::Execute,
                    (GrantPermission::Admin, SubjectType::User) => Level::Admin,
                };
                let enough = if level == Level::Read { " It is not enough to call the tool." } else { "" };
                gives(Rule::Grant, level, &format!("A grant to {word}, given{by}{until}.{enough}"))
            }
        }
    }

    fn passes(rule: Rule, message: &str) -> Step {
        Step { rule, outcome: Outcome::Passes, level: Level::None, message: message.to_owned() }
    }
    fn stops(rule: Rule, message: &str) -> Step {
        Step { rule, outcome: Outcome::Stops, level: Level::None, message: message.to_owned() }
    }
    fn gives(rule: Rule, level: Level, message: &str) -> Step {
        Step { rule, outcome: Outcome::Gives, level, message: message.to_owned() }
    }
    fn nothing(rule: Rule, message: &str) -> Step {
        Step { rule, outcome: Outcome::Nothing, level: Level::None, message: message.to_owned() }
    }
}
