//! Which key a call gets, and its value: agent mapping → user mapping → global mapping; inside a level the highest priority, then the
//! newest; inactive and expired keys are passed over (specification §4).

use super::{
    Misdirected, Reach, Redactor, Secret, Unresolved, Who, askers_store,
    choose::{Asked, Candidate, Destination, Explanation, Step, Verdict, choose, verdicts},
    envelope, mappings_store, store,
    uses::address,
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
use url::Url;

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
    /// Not to be had without saying where it goes.
    value: Secret,
    /// Changes with the value: what was derived from an older one (an access token) is of no use any more.
    pub revision: DateTime<Utc>,
    /// Where the key, and what is made of it, may be sent.
    pub reach: Reach,
}

impl ResolvedKey {
    pub(super) fn new(id: KeyId, value: Secret, revision: DateTime<Utc>, reach: Reach) -> Self {
        Self { id, key_name: reach.key_name.clone(), value, revision, reach }
    }

    /// The value, for a request to this address.
    pub fn sent_to(&self, url: &Url) -> std::result::Result<&Secret, Misdirected> {
        self.reach.check(url).map(|()| &self.value)
    }

    /// The value, for a program: what it is called in a sentence.
    pub fn given_to(&self, program: &str) -> std::result::Result<&Secret, Misdirected> {
        self.reach.check_program(program).map(|()| &self.value)
    }

    /// From now on the value does not leave.
    pub fn guard(&self, redactor: &Redactor) {
        redactor.add(self.value.expose());
        redactor.guard_log();
    }

    /// Both hold the same value.
    #[must_use]
    pub fn is_same_value(&self, other: &Self) -> bool {
        self.value.expose() == other.value.expose()
    }

    /// For what stays inside of this module: storing it anew.
    pub(super) fn value(&self) -> &Secret {
        &self.value
    }
}

super::secret::is_never!(ResolvedKey: std::fmt::Debug, serde::Serialize, Clone);

/// Finds the key of a call and decrypts it. `Ok(Err(_))` says why there is none; `Err` that a stored part does not open, or the database failed.
pub async fn resolve(tx: &mut TenantTx, system: &System, ask: Ask<'_>) -> Result<std::result::Result<ResolvedKey, Unresolved>> {
    let asked = Asked { tool_id: ask.tool_id, key_name: ask.key_name, agent_id: ask.agent_id, user_id: ask.user_id };
    let candidates = mappings_store::candidates(tx, ask.key_name, Some((ask.tool_id, ask.agent_id, ask.user_id))).await?;
    let chosen = match choose(&candidates, asked, system.clock.now()) {
        Ok(chosen) => chosen,
        Err(unresolved) => return Ok(Err(unresolved)),
    };
    let (sealed, revision) = store::value(tx, chosen.key_id).await?.ok_or(Error::NotFound("key"))?;
    let value = envelope::open(tx, &system.masters, ask.organization_id, chosen.key_id, &chosen.key_name, &sealed).await?;
    let reach = Reach { key_name: chosen.key_name, hosts: chosen.allowed_hosts };
    Ok(Ok(ResolvedKey::new(chosen.key_id, value, revision, reach)))
}

/// Which key a call of this tool would get, and what becomes of every mapping that has to do with it. `key_name` where the tool names none itself.
pub async fn explain(system: &System, actor: &Actor, tool_id: ToolId, key_name: Option<&str>, who: &Who) -> Result<Explanation> {
    actor.require(Permission::ManageKeys)?;
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    let (tool, needed) = askers_store::tool_needs(&mut tx, tool_id).await?.ok_or(Error::NotFound("tool"))?;
    let mut names: Vec<&str> = needed.iter().map(|asker| asker.key_name.as_str()).collect();
    names.dedup();
    let key_name = match (key_name.map(str::trim).filter(|name| !name.is_empty()), names.as_slice()) {
        (Some(named), _) => named.to_owned(),
        (None, [only]) => (*only).to_owned(),
        (None, []) => return Err(Error::invalid("key_name", format!("“{tool}” asks for no key. Name the key you mean."))),
        (None, several) => {
            return Err(Error::invalid("key_name", format!("“{tool}” asks for {}. Name the one you mean.", several.join(" and "))));
        }
    };
    let asked = Asked { tool_id, key_name: &key_name, agent_id: who.agent_id, user_id: who.user_id };
    let candidates = mappings_store::candidates(&mut tx, &key_name, Some((tool_id, who.agent_id, who.user_id))).await?;
    let names = mappings_store::context_names(&mut tx, who).await?;
    let chosen = choose(&candidates, asked, now);
    let steps = verdicts(&candidates, asked, now)
        .into_iter()
        .map(|(candidate, verdict)| Step { context_name: name_of(&candidate, &names), candidate, verdict })
        .collect::<Vec<_>>();
    let mut summary = summary(&tool, &key_name, &chosen, &steps, now);
    let hosts = chosen.as_ref().map(|chosen| chosen.allowed_hosts.clone()).unwrap_or_default();
    let reach = Reach { key_name: key_name.clone(), hosts };
    let destinations: Vec<Destination> = needed
        .iter()
        .filter(|asker| asker.key_name == key_name)
        .map(|asker| {
            let address = address(&system.config, asker);
            let host = address.and_then(|address| Url::parse(address).ok()).and_then(|url| url.host_str().map(str::to_owned));
            Destination { way: asker.way, host, refused: reach.check_way(asker.way, address).err().map(|refused| refused.to_string()) }
        })
        .collect();
    if let (Ok(_), Some(refused)) = (&chosen, destinations.iter().find_map(|destination| destination.refused.as_ref())) {
        summary.push_str(&format!(" But the call would be refused. {refused}"));
    }
    Ok(Explanation { key_name, key_id: chosen.ok().map(|chosen| chosen.key_id), summary, destinations, steps })
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
