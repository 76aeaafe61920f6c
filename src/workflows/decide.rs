//! Answers a question that a run waits on.

use super::{Approval, Decide, engine::Decision, runner::Claim, store};
use crate::{
    access::{Permission, Role},
    actor::Actor,
    audit,
    error::{Error, Result},
    ids::RunId,
    system::System,
};
use serde_json::json;

/// The answered approval. The run goes on in whichever server has it, or here.
pub async fn decide(system: &System, actor: &Actor, run: RunId, node: &str, answer: Decide) -> Result<Approval> {
    actor.require(Permission::UseTools)?;
    let note = answer.note.trim().to_owned();
    if note.chars().count() > 2_000 {
        return Err(Error::invalid("note", "At most 2 000 characters."));
    }
    let mut tx = system.tenant(actor).await?;
    let asked = store::approvals(&mut tx, run).await?.into_iter().find(|approval| approval.node_id == node);
    let asked = asked.ok_or(Error::NotFound("approval"))?;
    if !may_answer(actor, &asked) {
        return Err(Error::Forbidden("You are not among those who may answer this.".to_owned()));
    }
    let waits = store::lock_waiting(&mut tx, run, node).await?;
    let decision = Decision { approved: answer.approve, by: actor.user_name.clone(), note };
    let now = system.clock.now();
    if !waits || !store::answer(&mut tx, run, node, &decision, actor.user_id, now).await? {
        let message = match (&asked.decision, &asked.decided_by_name) {
            (Some(decision), Some(name)) => format!("{name} answered already: it is {decision}."),
            _ => "The run does not wait for this answer any more.".to_owned(),
        };
        return Err(Error::Conflict { message, field: None });
    }
    let entry = audit::Entry {
        action: if answer.approve { "run.approve" } else { "run.reject" },
        object_type: "run",
        object_id: Some(run.0),
        object_name: node,
        before: None,
        after: Some(json!({ "node": node, "note": decision.note })),
    };
    audit::record(&mut tx, actor, now, entry).await?;
    // A run that waits belongs to nobody: this server takes it up, unless runs are handed out.
    let claimed = match system.runner.holder() {
        Some(owner) => store::claim_waiting(&mut tx, run, owner).await?,
        None => None,
    };
    tx.commit().await?;
    match claimed {
        Some(fence) => system.runner.begin(system, Claim { run_id: run, organization_id: actor.organization_id, fence }),
        None => system.runner.told(system, run, actor.organization_id),
    }
    let mut tx = system.tenant(actor).await?;
    let answered = store::approvals(&mut tx, run).await?.into_iter().find(|approval| approval.node_id == node);
    answered.ok_or(Error::NotFound("approval"))
}

/// People only: an agent does not approve what agents do.
#[must_use]
pub fn may_answer(actor: &Actor, approval: &Approval) -> bool {
    if actor.agent_id.is_some() {
        return false;
    }
    if approval.roles.is_empty() && approval.users.is_empty() {
        return actor.may(Permission::Build);
    }
    approval.users.contains(&actor.user_id) || approval.roles.iter().any(|role| Role::parse(role) == Some(actor.role))
}

/// The questions of a run that the actor may see.
pub async fn approvals(system: &System, actor: &Actor, run: RunId) -> Result<Vec<Approval>> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    let seen = store::find_run(&mut tx, actor, run).await?.is_some();
    let mut found = store::approvals(&mut tx, run).await?;
    found.retain(|approval| seen || may_answer(actor, approval));
    if !seen && found.is_empty() {
        return Err(Error::NotFound("run"));
    }
    Ok(found)
}
