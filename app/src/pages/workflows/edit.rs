//! The outline of a workflow: inputs, steps and output as a list of forms, the graph and the runs beside it.

use super::{
    Editing,
    annotations::{Annotations, ReadAnnotations},
    drawing::{Drawing, Mark},
    inputs::Inputs,
    outputs::Outputs,
    param,
    run_form::RunForm,
    settings::Settings,
    step::{Problems, Step},
    tabs::{Tab, WorkflowTabs},
};
use crate::{
    api::workflows::{self as api, AddNode, AddStep, SaveDefinition, get_workflow},
    components::{
        badge::StatusBadge,
        button::{Button, ButtonLink, Kind},
        combobox::Combobox,
        field::{SelectField, TextArea, TextField},
        form::use_form,
        format,
        page::{EmptyState, ErrorNotice, PageHeader, Panel, Section, Skeleton},
        time::RelativeTime,
    },
};
use leptos::prelude::*;
use std::collections::BTreeMap;
use toolcrib::workflows::{
    RunSummary,
    graph::{Catalog, Finding, NodeKind},
};

#[component]
pub fn OutlinePage() -> impl IntoView {
    let (org, id) = (param("org"), param("id"));
    let saved = RwSignal::new(0_u32);
    let tab = super::query("tab");
    let page = Resource::new_blocking(move || (org.get(), id.get(), saved.get()), |(org, id, _)| get_workflow(org, id));
    view! {
        <Transition fallback=|| view! { <Skeleton rows=10 /> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(page) => {
                        let org = org.get_untracked();
                        // Made anew after each save, so that no field shows what was typed for another step.
                        view! {
                            <For
                                each=move || [(page.clone(), tab.get())]
                                key=|(page, tab)| (page.workflow.id, page.workflow.revision, tab.clone())
                                children=move |(page, tab)| view! { <Body page=page tab=tab org=org.clone() saved=saved /> }
                            />
                        }
                            .into_any()
                    }
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Body(page: api::WorkflowPage, tab: String, org: String, saved: RwSignal<u32>) -> impl IntoView {
    let workflow = page.workflow;
    let mut tools: Catalog = page.tools.into_iter().map(|tool| (tool.id, tool)).collect();
    tools.workflows = page.workflows.into_iter().map(|workflow| (workflow.id, workflow)).collect();
    let editing = Editing { org: org.clone(), id: workflow.id.to_string(), revision: workflow.revision, saved };
    let errors = workflow.findings.iter().filter(|finding| finding.is_error()).count();
    let steps = workflow.definition.nodes.iter().filter(|node| node.kind.is_step()).count();
    let published =
        workflow.published_version.map_or_else(|| "never published".to_owned(), |version| format!("version {version} published"));
    let facts = format!(
        "{} · revision {} · {published} · {}",
        format::count(i64::try_from(steps).unwrap_or(0), "step", "steps"),
        workflow.revision,
        if errors == 0 { "ready to run".to_owned() } else { format::count(i64::try_from(errors).unwrap_or(0), "problem", "problems") }
    );
    let marks: BTreeMap<String, Mark> = workflow
        .findings
        .iter()
        .filter(|f| f.is_error())
        .filter_map(|finding| finding.node.clone())
        .map(|node| (node, Mark::Problem))
        .collect();
    let of = |id: &str| workflow.findings.iter().filter(|f| f.node.as_deref() == Some(id)).cloned().collect::<Vec<Finding>>();
    let general: Vec<Finding> = workflow
        .findings
        .iter()
        .filter(|finding| {
            finding
                .node
                .as_deref()
                .is_none_or(|id| workflow.definition.node(id).is_none_or(|node| matches!(node.kind, NodeKind::Input | NodeKind::Output)))
        })
        .cloned()
        .collect();
    let node_of =
        |kind: NodeKind| workflow.definition.nodes.iter().find(|node| node.kind == kind).map_or_else(Vec::new, |node| of(&node.id));
    let step_views = workflow
        .definition
        .nodes
        .iter()
        .filter(|node| node.kind.is_step())
        .enumerate()
        .map(|(index, node)| {
            view! {
                <Step
                    number=index + 1
                    node=node.clone()
                    definition=workflow.definition.clone()
                    tools=tools.clone()
                    findings=of(&node.id)
                    editing=editing.clone()
                />
            }
        })
        .collect_view();
    let description = workflow.description.clone();
    let id = workflow.id.to_string();
    let as_json = tab == "json";
    let here = format!("/{org}/workflows/{id}");
    let main = if page.may_change && as_json {
        view! { <DefinitionForm workflow=workflow.clone() editing=editing.clone() /> }.into_any()
    } else if page.may_change {
        let adding = editing.clone();
        view! {
            <Inputs fields=workflow.definition.inputs().to_vec() findings=node_of(NodeKind::Input) editing=editing.clone() />
            <div id="steps">
                <Section title="Steps" text="A step calls a tool, decides, waits or repeats. Steps that take nothing from each other run at the same time.">
                    {(steps == 0)
                        .then(|| {
                            view! {
                                <div class="mb-4">
                                    <EmptyState icon=icondata_lu::LuListPlus title="No steps yet" text="Choose a tool below to add the first one." />
                                </div>
                            }
                        })} {step_views} <AddStepForm choices=page.choices editing=adding.clone() /> <AddNodeForm editing=adding />
                </Section>
            </div>
            <Annotations definition=workflow.definition.clone() tools=tools.clone() editing=editing.clone() />
            <Outputs definition=workflow.definition.clone() tools=tools.clone() findings=node_of(NodeKind::Output) editing=editing.clone() />
            <Settings workflow=workflow.clone() editing=editing.clone() />
        }
        .into_any()
    } else {
        view! { <ReadOnly workflow=workflow.clone() tools=tools.clone() /> }.into_any()
    };
    let tab_shown = if as_json { Tab::Json } else { Tab::Steps };
    let publish =
        page.may_change.then(|| view! { <ButtonLink href=format!("{here}/versions") icon=icondata_lu::LuUpload>"Publish"</ButtonLink> });
    let (drawn, asked, run_org) = (workflow.definition.clone(), workflow.definition.inputs().to_vec(), org.clone());
    view! {
        <PageHeader title=workflow.display_name.clone() facts=facts>
            {publish}
            <ButtonLink href="#run" kind=Kind::Primary icon=icondata_lu::LuPlay>
                "Run"
            </ButtonLink>
        </PageHeader>
        {(!description.is_empty()).then(|| view! { <p class="mb-4 max-w-prose text-muted">{description}</p> })}
        <div class="grid gap-8 xl:grid-cols-[minmax(0,1fr)_360px]">
            <div class="min-w-0">
                <WorkflowTabs org=org.clone() id=id.clone() may_change=page.may_change active=tab_shown />
                {main}
            </div>
            <aside class="min-w-0 space-y-6" aria-label="Graph and runs">
                <Panel>
                    <h2 class="mb-3 font-semibold">"Graph"</h2>
                    <Drawing definition=drawn tools=tools marks=marks link="#step-" />
                </Panel>
                {(!general.is_empty())
                    .then(|| {
                        view! {
                            <Panel>
                                <h2 class="mb-3 font-semibold">"Problems"</h2>
                                <Problems findings=general />
                            </Panel>
                        }
                    })}
                <div id="run">
                    <Panel>
                        <h2 class="mb-3 font-semibold">"Run"</h2>
                        <RunForm org=run_org id=id fields=asked ready=errors == 0 />
                    </Panel>
                </div>
                <Panel>
                    <h2 class="mb-3 font-semibold">"Last runs"</h2>
                    <LastRuns runs=page.runs org=org />
                </Panel>
            </aside>
        </div>
    }
    .into_any()
}

/// For those who may run it and not change it.
#[component]
fn ReadOnly(workflow: toolcrib::workflows::Workflow, tools: Catalog) -> impl IntoView {
    let rows = workflow
        .definition
        .nodes
        .iter()
        .filter(|node| node.kind.is_step())
        .map(|node| {
            let tool = node.tool_id.and_then(|id| tools.get(&id)).map(|tool| tool.name.clone()).unwrap_or_default();
            view! {
                <li id=format!("step-{}", node.id)>
                    {node.title(&tools).to_owned()} " " <span class="font-mono text-xs text-muted">{tool}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <Section title="Steps">
            <ol class="list-decimal space-y-1 pl-5">{rows}</ol>
        </Section>
        <ReadAnnotations definition=workflow.definition tools=tools />
    }
}

#[component]
fn AddStepForm(choices: Vec<(String, String)>, editing: Editing) -> impl IntoView {
    let add = ServerAction::<AddStep>::new();
    editing.watch(add);
    let form = use_form(add);
    if choices.is_empty() {
        return view! {
            <EmptyState icon=icondata_lu::LuWrench title="No tools to add" text="A step calls a tool. Make one first, or ask an admin for a grant.">
                <ButtonLink href=format!("/{}/tools/new", editing.org)>"New tool"</ButtonLink>
            </EmptyState>
        }
        .into_any();
    }
    let options = std::iter::once((String::new(), "Choose a tool or a workflow".to_owned())).chain(choices).collect();
    view! {
        <Panel>
            <h3 class="mb-3 font-semibold">"Add a step"</h3>
            <ActionForm action=add>
                {editing.head(form, true)}
                <div class="grid max-w-2xl gap-4 sm:grid-cols-2">
                    <Combobox
                        label="Tool or workflow"
                        name="tool_id"
                        options=options
                        value=form.value("tool_id", "")
                        error=form.error("tool_id")
                        placeholder="Type to find one"
                    />
                    <TextField label="Label" name="label" id="new-step-label" value=form.value("label", "") hint="The tool's name when left empty." />
                </div>
                <div class="mt-3">
                    <Button pending=add.pending() icon=icondata_lu::LuPlus>
                        "Add step"
                    </Button>
                </div>
            </ActionForm>
        </Panel>
    }
    .into_any()
}

/// Steps that call no tool.
#[component]
fn AddNodeForm(editing: Editing) -> impl IntoView {
    let add = ServerAction::<AddNode>::new();
    editing.watch(add);
    let form = use_form(add);
    let options = [
        ("", "Choose a type"),
        ("condition", "Condition: one of two branches"),
        ("switch", "Switch: one of several branches"),
        ("for_each", "For each: a call for every item of a list"),
        ("merge", "Merge: joins branches"),
        ("transform", "Transform: values from values"),
        ("delay", "Delay: waits for a time"),
        ("approval", "Approval: waits for a person"),
        ("workflow", "Workflow: runs another workflow"),
    ];
    let options = options.into_iter().map(|(kind, words)| (kind.to_owned(), words.to_owned())).collect();
    view! {
        <details class="panel mt-4 p-4">
            <summary class="cursor-pointer font-semibold">"Add a step of another type"</summary>
            <ActionForm action=add attr:class="mt-3">
                {editing.head(form, true)}
                <div class="grid max-w-2xl gap-4 sm:grid-cols-2">
                    <SelectField label="Type" name="kind" options=options value=form.value("kind", "") error=form.error("kind") />
                    <TextField label="Label" name="label" id="new-node-label" value=form.value("label", "") hint="What this step is called here." />
                </div>
                <div class="mt-3">
                    <Button pending=add.pending() icon=icondata_lu::LuPlus>
                        "Add this step"
                    </Button>
                </div>
            </ActionForm>
        </details>
    }
    .into_any()
}

/// The definition as it is stored: all that the list of steps cannot show can be written here.
#[component]
fn DefinitionForm(workflow: toolcrib::workflows::Workflow, editing: Editing) -> impl IntoView {
    let save = ServerAction::<SaveDefinition>::new();
    editing.watch(save);
    let form = use_form(save);
    let own = serde_json::to_string_pretty(&workflow.definition).unwrap_or_default();
    let rows = u32::try_from(own.lines().count()).unwrap_or(40).clamp(16, 40);
    view! {
        <Problems findings=workflow.findings />
        <ActionForm action=save>
            {editing.head(form, true)}
            <TextArea
                label="Definition"
                name="definition"
                value=form.value("definition", &own)
                error=form.error("definition")
                hint="Nodes and edges. An edge with sourceHandle alone leaves by that branch: true, false, error, approved, …"
                rows=rows
                mono=true
                editor="json"
            />
            <div class="mt-3">
                <Button pending=save.pending()>"Save definition"</Button>
            </div>
        </ActionForm>
    }
    .into_any()
}

#[component]
fn LastRuns(runs: Vec<RunSummary>, org: String) -> impl IntoView {
    if runs.is_empty() {
        return view! { <p class="text-muted">"It has not run yet."</p> }.into_any();
    }
    let rows = runs
        .into_iter()
        .map(|run| {
            let took = run.started_at.zip(run.completed_at).map(|(from, to)| (to - from).num_milliseconds() as f64);
            view! {
                <li class="flex flex-wrap items-center justify-between gap-2">
                    <a href=format!("/{org}/runs/{}", run.id) class="flex items-center gap-2">
                        <StatusBadge status=run.status.as_str().to_owned() />
                        <RelativeTime at=run.created_at />
                    </a>
                    <span class="num text-xs text-muted">{took.map(format::duration)}</span>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="space-y-2">{rows}</ul> }.into_any()
}
