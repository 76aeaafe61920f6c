//! How something outside becomes this agent: the tools for its model, and the calls to make.

use super::frame::{AgentFrame, Tab};
use crate::{
    api::agents::{Connect, connect_agent},
    components::{
        badge::Tone,
        button::ButtonLink,
        code::CodeBlock,
        page::{EmptyState, ErrorNotice, Notice, Section, Skeleton},
    },
    pages::address::param,
};
use leptos::prelude::*;

#[component]
pub fn AgentConnectPage() -> impl IntoView {
    let org = param("org");
    let id = param("id");
    let connect = Resource::new(move || (org.get(), id.get()), |(org, id)| connect_agent(org, id));
    view! {
        <AgentFrame
            tab=Tab::Connect
            version=Signal::derive(|| 0)
            body=move |page| {
                let id = page.agent.id.to_string();
                view! {
                    <Transition fallback=|| view! { <Skeleton rows=8 /> }>
                        {move || {
                            let id = id.clone();
                            Suspend::new(async move {
                                match connect.await {
                                    Ok(connect) => view! { <Ways connect=connect org=org.get_untracked() id=id /> }.into_any(),
                                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                                }
                            })
                        }}
                    </Transition>
                }
                    .into_any()
            }
        />
    }
    .into_any()
}

#[component]
fn Ways(connect: Connect, org: String, id: String) -> impl IntoView {
    let base = connect.base_url;
    let tool = connect.example.as_ref().map_or_else(|| "TOOL_ID".to_owned(), |tool| tool.tool_id.to_string());
    let list = format!("curl {base}/v1/agents/{id}/openai-tools \\\n  -H 'Authorization: Bearer tc_…'");
    let call = format!(
        "curl -X POST {base}/v1/tools/{tool}/execute \\\n  -H 'Authorization: Bearer tc_…' \\\n  -H 'Content-Type: application/json' \\\n  -d '{{\"inputs\": {{}}, \"agent_id\": \"{id}\"}}'"
    );
    let look = format!("curl '{base}/v1/executions?agent_id={id}' \\\n  -H 'Authorization: Bearer tc_…'");
    let mcp_url = format!("{base}/mcp");
    let server = serde_json::json!({"type": "http", "url": mcp_url, "headers": {"Authorization": "Bearer tc_…"}});
    let mcp_config = serde_json::to_string_pretty(&serde_json::json!({"mcpServers": {"toolcrib": server}})).unwrap_or_default();
    let held_back = connect.held_back;
    let tools_href = format!("/{org}/agents/{id}/tools");
    let tokens_href = format!("/{org}/tokens");
    view! {
        <Section
            title="Tools for the model"
            text="The list that goes into the “tools” field of an OpenAI-compatible request. It holds what the agent can call now."
        >
            {(!held_back.is_empty())
                .then(|| {
                    view! {
                        <div class="mb-3">
                            <Notice tone=Tone::Warning title="Some attached tools are not in the list">
                                <ul>
                                    {held_back
                                        .iter()
                                        .map(|tool| {
                                            view! {
                                                <li>
                                                    <span class="font-mono">{tool.tool_name.clone()}</span>
                                                    ": "
                                                    {tool.obstacle()}
                                                </li>
                                            }
                                        })
                                        .collect_view()}
                                </ul>
                            </Notice>
                        </div>
                    }
                })}
            {if connect.tool_count == 0 {
                view! {
                    <EmptyState icon=icondata_lu::LuPlug title="Nothing to offer yet" text="Attach an active tool first.">
                        <ButtonLink href=tools_href>"Attach tools"</ButtonLink>
                    </EmptyState>
                }
                    .into_any()
            } else {
                view! { <CodeBlock code=connect.openai_tools language="json" copy=true /> }.into_any()
            }}
        </Section>
        <Section
            title="As an MCP server"
            text="MCP clients find the same tools at this address, and call them there. Both generations of the protocol are spoken."
        >
            <div class="space-y-4">
                <CodeBlock code=mcp_url language="text" label="Address" copy=true />
                <div>
                    <h3 class="mb-1 font-medium">"Configuration of a client"</h3>
                    <CodeBlock code=mcp_config language="json" label="Configuration of an MCP client" copy=true />
                </div>
            </div>
        </Section>
        <Section title="The same over REST" text="A token that acts as this agent sees and calls exactly what is attached to it.">
            <p class="mb-3">
                <a class="link" href=tokens_href>
                    "Make an API token"
                </a> ", choose this agent, and put it where “tc_…” stands."
            </p>
            <div class="space-y-4">
                <div>
                    <h3 class="mb-1 font-medium">"List the tools"</h3>
                    <CodeBlock code=list language="shell" label="Request that lists the tools" />
                </div>
                <div>
                    <h3 class="mb-1 font-medium">"Call one when the model asks for it"</h3>
                    <CodeBlock code=call language="shell" label="Request that calls a tool" />
                </div>
                <div>
                    <h3 class="mb-1 font-medium">"Look at what it did"</h3>
                    <CodeBlock code=look language="shell" label="Request that lists executions" />
                </div>
            </div>
        </Section>
    }
}
