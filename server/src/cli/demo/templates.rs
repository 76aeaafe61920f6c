//! Every template as a workflow of the demo, tried with its sample: so that somebody sees them whole, with runs.

use serde_json::json;
use std::time::Duration;
use toolcrib::{
    Error, Result,
    actor::Actor,
    ids::RunId,
    system::System,
    workflows::{
        self, Decide, Publish, StartRun, UpdateWorkflow, Visibility,
        engine::RunStatus,
        templates::{self, FromTemplate},
    },
};

/// Makes and runs them. What asks a person is answered; one question is left open, and one workflow has a draft that goes on from its version.
pub async fn add(system: &System, actor: &Actor) -> Result<()> {
    for whole in templates::all() {
        let template = &whole.template;
        let from = FromTemplate { template: template.name.clone(), visibility: Some(Visibility::Public), ..FromTemplate::default() };
        let workflow = templates::create(system, actor, from).await?;
        let start = || StartRun { input: template.sample_input.clone(), ..StartRun::default() };
        if template.answers.is_empty() {
            // Some wait or try again for a while: they end while somebody looks around already.
            workflows::execute::execute(system, actor, workflow.id, start()).await?;
        } else {
            for answered in [true, false] {
                let run = workflows::execute::execute(system, actor, workflow.id, start()).await?;
                until(system, actor, run.id, |status| status == RunStatus::Waiting).await?;
                for (node, approve) in template.answers.iter().filter(|_| answered) {
                    let answer = Decide { approve: *approve, note: "The photos show it.".to_owned() };
                    workflows::decide::decide(system, actor, run.id, node, answer).await?;
                    until(system, actor, run.id, RunStatus::is_final).await?;
                }
            }
        }
        if template.name == "triage_support_mail" {
            go_on(system, actor, workflow).await?;
        }
    }
    Ok(())
}

/// Waits until the run stands where it should; half a minute at most.
async fn until(system: &System, actor: &Actor, run: RunId, there: impl Fn(RunStatus) -> bool) -> Result<()> {
    for _ in 0..300 {
        if there(workflows::get_run::get_run(system, actor, run).await?.status) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err(Error::internal("a run of the demo did not get where it should"))
}

/// Published, and then changed: the canvas has two versions to show side by side.
async fn go_on(system: &System, actor: &Actor, workflow: workflows::Workflow) -> Result<()> {
    let note = "First answers within the hour where something is down.".to_owned();
    workflows::publish::publish(system, actor, workflow.id, Publish { revision: workflow.revision, note }).await?;
    let mut draft = workflow.definition;
    for node in &mut draft.nodes {
        match node.id.as_str() {
            "general" => {
                node.label = Some("Support, one day".to_owned());
                node.config.inputs.insert("hours".to_owned(), json!(24));
            }
            "urgent" => node.position.y -= 32.0,
            _ => {}
        }
    }
    let change = UpdateWorkflow { revision: workflow.revision, definition: Some(draft), ..UpdateWorkflow::default() };
    workflows::update::update(system, actor, workflow.id, change).await?;
    Ok(())
}
