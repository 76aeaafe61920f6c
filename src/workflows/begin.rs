//! Stores a run with its first turn taken: what needs nobody's answer has ended by then, and one write does for the beginning and the first steps.
//! Where runs are handed out, whoever gets it takes its first turn.

use super::{
    engine::{Action, Event, NodeStatus, Plan, RunState, transition},
    graph::{Definition, NodeKind},
    runner::Opened,
    store::{self, NewRun, OpenRun},
};
use crate::{
    access::Scope,
    actor::{Actor, Source},
    db::TenantTx,
    error::Result,
    ids::{OrganizationId, RunId},
    system::System,
};
use uuid::Uuid;

/// A run that is stored. Once that is committed, [`super::runner::Runner::stored`] has it driven.
pub(super) struct Begun {
    pub run: RunId,
    pub organization: OrganizationId,
    /// `None`: it is handed out.
    pub opened: Option<Opened>,
}

impl Begun {
    /// There was nothing to wait for.
    pub fn has_ended(&self) -> bool {
        self.opened.as_ref().is_some_and(|opened| opened.run.state.status.is_final())
    }
}

/// `holder`: the server that drives it. `None`: the parent's call has a run already.
pub(super) async fn begin(
    tx: &mut TenantTx,
    system: &System,
    actor: &Actor,
    new: NewRun<'_>,
    (plan, state): (Plan, RunState),
    holder: Option<Uuid>,
) -> Result<Option<Begun>> {
    let now = system.clock.now();
    let (state, actions) = if holder.is_some() { transition(&plan, state, Event::Resume, now) } else { (state, Vec::new()) };
    if !store::insert_run(tx, actor, &new, (plan.definition(), &state), holder, now).await? {
        return Ok(None);
    }
    ask(tx, system, new.id, plan.definition(), &state).await?;
    let opened = holder.map(|_| opened(actor, &new, plan, state, actions));
    Ok(Some(Begun { run: new.id, organization: actor.organization_id, opened }))
}

/// Puts the questions on record that a state waits for.
async fn ask(tx: &mut TenantTx, system: &System, run: RunId, definition: &Definition, state: &RunState) -> Result<()> {
    for (id, result) in state.nodes.iter().filter(|(_, result)| result.status == NodeStatus::Waiting) {
        if let Some(node) = definition.node(id).filter(|node| node.kind == NodeKind::Approval) {
            store::ask(tx, run, node, system.clock.now(), result.due_at).await?;
        }
    }
    Ok(())
}

fn opened(actor: &Actor, new: &NewRun<'_>, plan: Plan, state: RunState, actions: Vec<Action>) -> Opened {
    let run = OpenRun {
        definition: Definition::default(),
        state,
        user_id: Some(actor.user_id),
        agent_id: actor.agent_id,
        session_id: new.session_id,
        trace_id: new.trace_id.clone(),
        depth: new.depth(),
    };
    // A run calls tools and does nothing else.
    let scopes = Some(vec![Scope::Read, Scope::Execute]);
    let actor = Actor { scopes, source: Source::Workflow, address: None, ..actor.clone() };
    Opened { plan, run, actor, actions }
}
