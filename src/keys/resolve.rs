//! Which key a call gets, and its value: agent mapping → user mapping → global mapping; inside a level the highest priority, then the
//! newest; inactive and expired keys are passed over (specification §4).

use super::{
    Secret, Unresolved, Who,
    choose::{Asked, Candidate, Explanation, Step, Verdict, choose, verdicts},
    envelope, store,
};
use crate::{
    access::Permission,
    actor::Actor,
    db::TenantTx,
    error::{Error, Result},
    ids::{AgentId, KeyId, OrganizationId, ToolId, UserId},
    system::System,
};
use chrono::{DateTime, Utc};

/// For which call a key is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    pub organization_id: OrganizationId,
    pub tool_id: ToolId,
    pub key_name: &'a str,
    /// The agent that calls, or on whose behalf is called.
    pub agent_id: Option<AgentId>,
    /// The person who calls; for an agent's token, who made the token.
    pub user_id: Option<UserId>,
}

/// A key with its value, for one call.
pub struct ResolvedKey {
    pub id: KeyId,
    pub key_name: String,
    pub value: Secret,
    /// Changes with the value: what was derived from an older one (an access token) is of no use any more.
    pub revision: DateTime<Utc>,
}

super::secret::is_never!(ResolvedKey: std::fmt::Debug, serde::Serialize, Clone);

/// Finds the key of a call and decrypts it. `Ok(Err(_))` says why there is none; `Err` that a stored part does not open, or the database failed.
pub async fn resolve(tx: &mut TenantTx, system: &System, ask: Ask<'_>) -> Result<std::result::Result<ResolvedKey, Unresolved>> {
    let asked = Asked { tool_id: ask.tool_id, key_name: ask.key_name, agent_id: ask.agent_id, user_id: ask.user_id };
    let candidates = store::candidates(tx, ask.key_name, Some((ask.tool_id, ask.agent_id, ask.user_id))).await?;
    let chosen = match choose(&candidates, asked, system.clock.now()) {
        Ok(chosen) => chosen,
        Err(unresolved) => return Ok(Err(unresolved)),
    };
    let (sealed, revision) = store::value(tx, chosen.key_id).await?.ok_or(Error::NotFound("key"))?;
    let value = envelope::open(tx, &system.masters, ask.organization_id, chosen.key_id, &chosen.key_name, &sealed).await?;
    Ok(Ok(ResolvedKey { id: chosen.key_id, key_name: chosen.key_name, value, revision }))
}

/// Which key a call of this tool would get, and what becomes of every mapping that has to do with it. `key_name` where the tool names none itself.
pub async fn explain(system: &System, actor: &Actor, tool_id: ToolId, key_name: Option<&str>, who: &Who) -> Result<Explanation> {
    actor.require(Permission::ManageKeys)?;
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    let (tool, needed) = store::tool_needs(&mut tx, tool_id).await?.ok_or(Error::NotFound("tool"))?;
    let Some(key_name) = key_name.map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).or(needed) else {
        return Err(Error::invalid("key_name", format!("“{tool}” asks for no key. Name the key you mean.")));
    };
    let asked = Asked { tool_id, key_name: &key_name, agent_id: who.agent_id, user_id: who.user_id };
    let candidates = store::candidates(&mut tx, &key_name, Some((tool_id, who.agent_id, who.user_id))).await?;
    let names = store::context_names(&mut tx, who).await?;
    let chosen = choose(&candidates, asked, now);
    let steps = verdicts(&candidates, asked, now)
        .into_iter()
        .map(|(candidate, verdict)| Step { context_name: name_of(&candidate, &names), candidate, verdict })
        .collect::<Vec<_>>();
    let summary = summary(&tool, &key_name, &chosen, &steps, now);
    Ok(Explanation { key_name, key_id: chosen.ok().map(|chosen| chosen.key_id), summary, steps })
}

fn name_of(candidate: &Candidate, names: &[(uuid::Uuid, String)]) -> Option<String> {
    let id = candidate.context_id?;
    names.iter().find(|(known, _)| *known == id).map(|(_, name)| name.clone())
}

fn summary(tool: &str, key_name: &str, chosen: &std::result::Result<Candidate, Unresolved>, steps: &[Step], now: DateTime<Utc>) -> String {
    match chosen {
        Err(unresolved) => format!("A call of “{tool}” would be refused as unauthorized. {unresolved}"),
        Ok(chosen) => {
            let whom = steps.iter().find(|step| step.verdict == Verdict::Used).and_then(|step| step.context_name.clone());
            let level = match chosen.context_type {
                super::ContextType::Agent => format!("it is mapped to the agent {}", whom.unwrap_or_default()),
                super::ContextType::User => format!("it is mapped to {}", whom.unwrap_or_default()),
                super::ContextType::Global => "it is mapped to everybody".to_owned(),
            };
            let passed =
                steps.iter().filter(|step| step.candidate.status(now) != super::KeyStatus::Active && step.verdict != Verdict::NotReached);
            let passed = match passed.count() {
                0 => String::new(),
                1 => " One key that came before it was passed over.".to_owned(),
                count => format!(" {count} keys that came before it were passed over."),
            };
            format!("A call of “{tool}” would use “{}” for {key_name}: {level}.{passed}", chosen.display_name)
        }
    }
}
