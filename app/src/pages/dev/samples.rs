//! The samples of the style page.

use crate::components::{
    badge::{Badge, StatusBadge, Tone},
    breadcrumb::Breadcrumb,
    button::{Button, ButtonLink, IconButton, Kind},
    chart::{Bucket, LatencyBand, LatencyPoint, Sparkline, TimeSeries},
    code::{CodeBlock, InlineCode},
    columns::{Column, ColumnMenu, use_columns, usual},
    combobox::Combobox,
    dialog::{ConfirmDialog, Dialog, DialogButton},
    drawer::Drawer,
    field::{Checkbox, FormError, SelectField, TextArea, TextField},
    menu::{Menu, MenuButton, MenuHeading, MenuLink},
    page::{EmptyState, ErrorNotice, Fact, Facts, Notice, Section, Skeleton, Stat},
    shortcuts::{SHORTCUTS, Shortcuts},
    table::{Pager, SortHeader, Table, TableSkeleton},
    tabs::{TabLink, Tabs},
    time::{Duration, RelativeTime},
    toast::use_toasts,
    tooltip::Tooltip,
};
use crate::error::AppError;
use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;
use toolcrib::problem::Problem;

/// A moment to hang samples on.
fn moment() -> DateTime<Utc> {
    crate::components::browser::now().unwrap_or(DateTime::UNIX_EPOCH)
}

pub fn word_samples() -> AnyView {
    let row = "mb-3 flex flex-wrap items-center gap-2";
    view! {
        <Section title="Buttons">
            <div class=row>
                <Button kind=Kind::Primary type_="button">"Attach tool"</Button>
                <Button type_="button">"Try it"</Button>
                <Button kind=Kind::Danger type_="button">"Delete tool"</Button>
                <Button kind=Kind::Ghost type_="button">"Cancel"</Button>
                <Button type_="button" icon=icondata_lu::LuPlus>"With icon"</Button>
                <Button type_="button" small=true>"Small"</Button>
                <ButtonLink href="#main">"A link"</ButtonLink>
                <IconButton icon=icondata_lu::LuEllipsis label="More" />
            </div>
            <div class=row>
                <Button kind=Kind::Primary type_="button" disabled=true>"Disabled"</Button>
                <Button type_="button" disabled=true>"Disabled"</Button>
                <Button kind=Kind::Primary type_="button" pending=true>"Saving"</Button>
            </div>
        </Section>
        <Section title="Badges">
            <div class=row>
                {Tone::ALL.map(|tone| view! { <Badge tone=tone>{format!("{tone:?}")}</Badge> }).collect_view()}
                <Badge plain=true>"api_request"</Badge>
            </div>
            <div class=row>
                {[
                    "success", "failed", "timeout", "cancelled", "unauthorized", "rate_limited", "invalid_input", "running", "waiting", "pending",
                    "draft", "active", "disabled", "deprecated",
                ]
                    .map(|status| view! { <StatusBadge status=status /> })
                    .collect_view()}
            </div>
        </Section>
        <Section title="Words">
            <Breadcrumb items=vec![
                ("#tools".to_owned(), "Tools".to_owned()),
                ("#tool".to_owned(), "Load CSV data".to_owned()),
                ("#versions".to_owned(), "Versions".to_owned()),
            ] />
            <p class="mt-3 max-w-prose">
                "A paragraph with a " <a class="link" href="#main">"link"</a> ", some " <InlineCode text="load_csv_data" /> ", a time ("
                <RelativeTime at=moment() - TimeDelta::minutes(7) /> ", " <RelativeTime at=moment() - TimeDelta::days(3) />
                "), a duration (" <Duration ms=Some(1234.0) /> ") and a "
                <Tooltip id="tip-1" text="Half of all calls were faster">
                    <button type="button" class="min-h-6 underline decoration-dotted underline-offset-4">"tooltip"</button>
                </Tooltip> "."
            </p>
            <Tabs label="Tabs">
                <TabLink href="#overview" label="Overview" active=true />
                <TabLink href="#versions" label="Versions" count=Some(12) />
                <TabLink href="#access" label="Access" />
            </Tabs>
        </Section>
    }
    .into_any()
}

pub fn field_samples() -> AnyView {
    let options = || [("get", "GET"), ("post", "POST"), ("put", "PUT")].map(|(v, l)| (v.to_owned(), l.to_owned())).to_vec();
    let wrong = || Some("A name starts with a lowercase letter.".to_owned());
    view! {
        <Section title="Fields">
            <form class="grid max-w-3xl gap-4 sm:grid-cols-2">
                <TextField label="Name" name="name" required=true hint="Lowercase letters, digits and underscores." placeholder="load_csv_data" />
                <TextField label="With a value" name="filled" value="load_csv_data" mono=true />
                <TextField label="Refused" name="refused" value="9lives" error=wrong() hint="The hint stays." required=true />
                <TextField label="Password" name="password" type_="password" autocomplete="new-password" required=true />
                <SelectField label="Method" name="method" options=options() value="post" />
                <SelectField label="Refused select" name="method2" options=options() error=wrong() />
                <Combobox label="Tool" name="tool" options=options() value="put" hint="Type to find one." />
                <Combobox label="Refused combobox" name="tool2" options=options() error=wrong() />
                <TextArea label="Description" name="description" placeholder="What it does, for the model to read" />
                <TextArea label="Schema" name="schema" mono=true value="{\n  \"type\": \"object\"\n}" error=wrong() required=true />
                <Checkbox label="Run when a call starts" name="on_start" checked=true hint="Before the agent says its first word." />
                <Checkbox label="Not now" name="never" disabled=true />
                <div class="sm:col-span-2">
                    <FormError message=Some("Nothing was saved: two fields need another look.".to_owned()) />
                </div>
            </form>
        </Section>
    }
    .into_any()
}

fn values(seed: i64) -> Vec<f64> {
    (0..24).map(|i| f64::from((i * 7 + i32::try_from(seed % 11).unwrap_or_default()) % 11)).collect()
}

fn failures() -> Vec<f64> {
    (0..24).map(|i| f64::from(i % 9 == 0)).collect()
}

pub fn data_samples() -> AnyView {
    static COLUMNS: [Column; 1] = [usual("calls", "Calls")];
    let columns = use_columns("style", &COLUMNS);
    view! {
            <Section title="Table">
                <div class="mb-2 flex justify-end">
                    <ColumnMenu columns=columns />
                </div>
                <Table label="Sample tools">
                    <thead>
                        <tr>
                            <SortHeader name="name" label="Name" />
                            <th scope="col">"Status"</th>
                            {columns.has("calls").then(|| view! { <SortHeader name="calls" label="Calls" numeric=true /> })}
                            <th scope="col">"24 h"</th>
                        </tr>
                    </thead>
                    <tbody>
                        {[("load_csv_data", "active", 1204), ("generate_report", "draft", 3), ("charge_card", "disabled", 98_410)]
                            .map(|(name, status, calls)| {
                                view! {
                                    <tr>
                                        <td>
                                            <a class="row-link" href="#main">
                                                {name}
                                            </a>
                                        </td>
                                        <td>
                                            <StatusBadge status=status />
                                        </td>
                                        {columns.has("calls").then(|| view! { <td class="num">{crate::components::format::number(calls)}</td> })}
                                        <td>
                                            <Sparkline
                                                label=format!("{name}, 24 hours")
                                                values=values(calls)
     failed=failures()
    />
                                        </td>
                                    </tr>
                                }
                            })
                            .collect_view()}
                    </tbody>
                </Table>
                <Pager page=2 per_page=25 total=1203 />
            </Section>
            <Section title="Nothing, and not yet">
                <div class="grid gap-4 lg:grid-cols-2">
                    <EmptyState
                        icon=icondata_lu::LuWrench
                        title="No tools yet"
                        text="Tools that your agents may call stand here: HTTP requests, scripts, workflows."
                    >
                        <Button kind=Kind::Primary type_="button">"New tool"</Button>
                    </EmptyState>
                    <TableSkeleton columns=3 rows=4 />
                    <ErrorNotice error=AppError(Box::new(Problem::new(503, "No connection", "The server could not be reached. Try again."))) />
                    <Skeleton rows=4 />
                </div>
            </Section>
            <Section title="Facts and notices">
                <div class="grid gap-4 sm:grid-cols-3">
                    <Stat label="Calls today" value="12,408" note="+8.1 % against yesterday" />
                    <Stat label="Success" value="98.7 %" note="99.1 % yesterday" />
                    <Stat label="p95" value="840 ms" />
                </div>
                <div class="my-4">
                    <Facts>
                        <Fact label="Kind">"api_request"</Fact>
                        <Fact label="Version">"7"</Fact>
                        <Fact label="Timeout">"30 s"</Fact>
                    </Facts>
                </div>
                <div class="space-y-2">
                    {Tone::ALL
                        .map(|tone| {
                            view! {
                                <Notice tone=tone title=format!("{tone:?}")>
                                    <p>"One thing to know, and what to do about it."</p>
                                </Notice>
                            }
                        })
                        .collect_view()}
                </div>
            </Section>
        }
    .into_any()
}

pub fn overlay_samples() -> AnyView {
    let toasts = use_toasts();
    view! {
        <Section title="Dialogs, drawers, menus, toasts">
            <div class="flex flex-wrap gap-2">
                <DialogButton target="sample-dialog" label="Open dialog" />
                <DialogButton target="sample-drawer" label="Open drawer" />
                <DialogButton target=SHORTCUTS label="Shortcuts" icon=icondata_lu::LuKeyboard />
                <ConfirmDialog
                    id="sample-confirm"
                    label="Delete tool"
                    icon=icondata_lu::LuTrash2
                    title="Delete “load_csv_data”?"
                    text="3 agents lose it. Its 1,204 executions stay readable."
                >
                    <Button kind=Kind::Danger type_="button">"Delete load_csv_data"</Button>
                </ConfirmDialog>
                <Menu label="More" start=true>
                    <MenuHeading text="Tool" />
                    <MenuLink href="#main" icon=icondata_lu::LuCopy>"Duplicate"</MenuLink>
                    <MenuLink href="#main" current=true>"The current one"</MenuLink>
                    <MenuButton type_="button" danger=true icon=icondata_lu::LuTrash2>"Delete"</MenuButton>
                </Menu>
                <Button type_="button" on:click=move |_| toasts.success("Tool attached to Front desk")>"Toast"</Button>
                <Button type_="button" on:click=move |_| toasts.error("The tool was not attached: it was deleted a moment ago.")>"Error toast"</Button>
            </div>
            <Dialog id="sample-dialog" title="A dialog">
                <TextField label="Display name" name="dialog_name" value="Load CSV data" />
            </Dialog>
            <Drawer id="sample-drawer" title="A drawer">
                <Facts>
                    <Fact label="Status">
                        <StatusBadge status="success" />
                    </Fact>
                    <Fact label="Took">"87 ms"</Fact>
                </Facts>
            </Drawer>
            <Shortcuts />
        </Section>
    }
    .into_any()
}

pub fn code_samples() -> AnyView {
    view! {
        <Section title="Code">
            <div class="grid gap-4 lg:grid-cols-2">
                <CodeBlock
                    language="json"
                    label="Sample JSON"
                    code="{\n  \"name\": \"load_csv_data\",\n  \"rows\": 312,\n  \"ok\": true,\n  \"note\": null\n}"
                />
                <CodeBlock label="Sample command" code="curl -X POST https://toolcrib.example/v1/tools/…/execute \\\n  -H 'Authorization: Bearer …'" />
            </div>
        </Section>
    }
    .into_any()
}

pub fn chart_samples() -> AnyView {
    // A whole hour, the same on the server and in the browser.
    let end = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
    let at = |i: i64| end - TimeDelta::hours(24 - i);
    let buckets =
        (0..24).map(|i| Bucket { at: at(i), success: (i * 37) % 90 + 12, failed: if i % 5 == 0 { i / 2 } else { 0 } }).collect::<Vec<_>>();
    let before = (0..24).map(|i| (i * 29) % 80 + 20).collect::<Vec<i64>>();
    let points = (0..24)
        .map(|i| {
            #[allow(clippy::cast_precision_loss)]
            let p50 = (!(9..12).contains(&i)).then(|| 120.0 + ((i * 13) % 17) as f64 * 9.0);
            LatencyPoint { at: at(i), p50, p95: p50.map(|p| p * 2.4 + 80.0) }
        })
        .collect::<Vec<_>>();
    let empty = (0..24).map(|i| Bucket { at: at(i), success: 0, failed: 0 }).collect::<Vec<_>>();
    view! {
        <Section title="Charts">
            <div class="grid gap-6 lg:grid-cols-2">
                <TimeSeries label="Calls in 24 hours" buckets=buckets before=before />
                <LatencyBand label="Latency in 24 hours" points=points />
                <TimeSeries label="Nothing was called" buckets=empty />
            </div>
        </Section>
    }
    .into_any()
}
