//! The command palette: go anywhere, do anything. Without a script it is a dialog with the list of places and a search form.

use super::{
    browser,
    icon::Icon,
    navigation::{DESTINATIONS, FURTHER},
    theme::Theme,
};
use crate::api::palette::search_everything;
use leptos::prelude::*;
use toolcrib::{
    access::{Permission, Role},
    organizations::Organization,
    search::{Found, FoundKind},
};

/// The id of the dialog, for buttons that open it.
pub const PALETTE: &str = "palette";
const INPUT: &str = "palette-input";
const LIST: &str = "palette-list";

/// What choosing an entry does.
#[derive(Clone, Debug, PartialEq)]
enum Deed {
    Go(String),
    Theme(Theme),
    Shortcuts,
    SignOut,
}

#[derive(Clone, Debug, PartialEq)]
struct Entry {
    label: String,
    /// Shown at the end of the line: what kind of thing it is.
    note: &'static str,
    icon: usize,
    deed: Deed,
}

/// Icons by index: entries are compared, icons are not.
static ICONS: [icondata_core::Icon; 15] = [
    icondata_lu::LuCornerDownRight,
    icondata_lu::LuPlus,
    icondata_lu::LuWrench,
    icondata_lu::LuBot,
    icondata_lu::LuWorkflow,
    icondata_lu::LuSunMoon,
    icondata_lu::LuLogOut,
    icondata_lu::LuKeyboard,
    icondata_lu::LuUsers,
    icondata_lu::LuKeyRound,
    icondata_lu::LuKeySquare,
    icondata_lu::LuPlug,
    icondata_lu::LuFileJson,
    icondata_lu::LuBuilding2,
    icondata_lu::LuPlay,
];

/// Pages and actions; they need no server to be found.
fn known(org: &str, role: Role, others: &[Organization]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = DESTINATIONS
        .iter()
        .filter(|place| place.shown_to(role))
        .map(|place| Entry { label: place.label.to_owned(), note: "Page", icon: 0, deed: Deed::Go(place.href(org)) })
        .collect();
    let further =
        |label: &str, path: &str| Entry { label: label.to_owned(), note: "Page", icon: 0, deed: Deed::Go(format!("/{org}/{path}")) };
    entries.extend(FURTHER.iter().map(|(label, path, _)| further(label, path)));
    let act = |label: &str, icon: usize, deed: Deed| Entry { label: label.to_owned(), note: "Action", icon, deed };
    if role.may(Permission::Build) {
        entries.push(act("New tool", 1, Deed::Go(format!("/{org}/tools/new"))));
        entries.push(act("New agent", 1, Deed::Go(format!("/{org}/agents/new"))));
        entries.push(act("New workflow", 1, Deed::Go(format!("/{org}/workflows/new"))));
        entries.push(act("Import tools", 1, Deed::Go(format!("/{org}/tools/import"))));
    }
    if role.may(Permission::ManageTools) {
        entries.push(act("Register MCP server", 11, Deed::Go(format!("/{org}/mcp-servers/new"))));
    }
    if role.may(Permission::ManageKeys) {
        entries.push(act("Add key", 1, Deed::Go(format!("/{org}/keys/new"))));
        entries.push(act("Which key is used?", 10, Deed::Go(format!("/{org}/keys/resolution"))));
    }
    for other in others {
        entries.push(act(&format!("Switch to {}", other.name), 13, Deed::Go(format!("/{}", other.slug))));
    }
    entries.push(act("New organization", 1, Deed::Go("/organizations/new".to_owned())));
    for theme in Theme::ALL {
        entries.push(act(&format!("Theme: {}", theme.label().to_lowercase()), 5, Deed::Theme(theme)));
    }
    entries.push(act("Keyboard shortcuts", 7, Deed::Shortcuts));
    entries.push(act("Sign out", 6, Deed::SignOut));
    entries
}

fn of_found(org: &str, found: &Found) -> Entry {
    let icon = match found.kind {
        FoundKind::Tool => 2,
        FoundKind::Agent => 3,
        FoundKind::Workflow => 4,
        FoundKind::Key => 10,
        FoundKind::McpServer => 11,
        FoundKind::OpenapiDocument => 12,
        FoundKind::Member => 8,
    };
    Entry { label: found.display_name.clone(), note: found.kind.label(), icon, deed: Deed::Go(found.href(org)) }
}

/// What can be done at once with something that was found.
fn deed_on(org: &str, found: &Found) -> Option<Entry> {
    (found.kind == FoundKind::Tool && found.callable).then(|| Entry {
        label: format!("Try {}", found.display_name),
        note: "Action",
        icon: 14,
        deed: Deed::Go(format!("{}/try", found.href(org))),
    })
}

/// Every word of the text occurs in the label, in any order.
fn matches(label: &str, text: &str) -> bool {
    let label = label.to_lowercase();
    text.to_lowercase().split_whitespace().all(|word| label.contains(word))
}

fn item_id(index: usize) -> String {
    format!("palette-item-{index}")
}

#[component]
pub fn Palette(
    #[prop(into)] org: String,
    role: Role,
    /// The organizations one can switch to.
    #[prop(optional)]
    others: Vec<Organization>,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let chosen = RwSignal::new(0_usize);
    // What was asked, with the answer: an answer to an older question is not shown.
    let answer = RwSignal::new((String::new(), Vec::<Found>::new()));
    let failed = RwSignal::new(false);
    let search = Action::new({
        let org = org.clone();
        move |asked: &String| {
            let (org, asked) = (org.clone(), asked.clone());
            async move {
                let found = search_everything(org, asked.clone()).await;
                failed.set(found.is_err());
                answer.set((asked, found.unwrap_or_default()));
            }
        }
    });
    let pending: StoredValue<Option<TimeoutHandle>> = StoredValue::new(None);
    let ask = move |value: String| {
        text.set(value.clone());
        chosen.set(0);
        if let Some(handle) = pending.get_value() {
            handle.clear();
        }
        if !value.trim().is_empty() {
            // A fast typist asks once.
            let handle = set_timeout_with_handle(
                move || {
                    search.dispatch(value);
                },
                std::time::Duration::from_millis(120),
            );
            pending.set_value(handle.ok());
        }
    };
    let entries = Memo::new({
        let org = org.clone();
        move |_| {
            let text = text.get();
            let mut entries: Vec<Entry> = known(&org, role, &others).into_iter().filter(|entry| matches(&entry.label, &text)).collect();
            answer.with(|(asked, found)| {
                if !text.trim().is_empty() && *asked == text {
                    entries.extend(found.iter().map(|found| of_found(&org, found)));
                    entries.extend(found.iter().filter_map(|found| deed_on(&org, found)));
                }
            });
            entries
        }
    });
    let keys = move |event: leptos::ev::KeyboardEvent| {
        let count = entries.with(Vec::len);
        let step = match event.key().as_str() {
            "ArrowDown" => 1,
            "ArrowUp" => count.saturating_sub(1),
            "Enter" => {
                event.prevent_default();
                click(&item_id(chosen.get_untracked()));
                return;
            }
            _ => return,
        };
        event.prevent_default();
        if count > 0 {
            chosen.update(|chosen| *chosen = (*chosen + step) % count);
            browser::scroll_into_view(&item_id(chosen.get_untracked()));
        }
    };
    view! {
        <dialog
            id=PALETTE
            popover="auto"
            closedby="any"
            class="dialog dialog-top w-[min(600px,calc(100vw-32px))]! p-0!"
            aria-label="Command palette"
        >
            <form method="get" action=format!("/{org}/search") role="search" class="flex items-center gap-2 border-b border-line px-4">
                <Icon icon=icondata_lu::LuSearch class="text-muted" />
                <input
                    id=INPUT
                    name="q"
                    type="text"
                    role="combobox"
                    class="h-12 w-full bg-transparent outline-none"
                    placeholder="Go to a page, a tool, an agent, a member, or do something"
                    aria-label="Search pages, actions and everything that has a name"
                    aria-controls=LIST
                    aria-expanded="true"
                    aria-autocomplete="list"
                    aria-activedescendant=move || (entries.with(Vec::len) > 0).then(|| item_id(chosen.get()))
                    autocomplete="off"
                    spellcheck="false"
                    autofocus
                    prop:value=move || text.get()
                    on:input=move |event| ask(event_target_value(&event))
                    on:keydown=keys
                />
                <kbd class="kbd">"Esc"</kbd>
            </form>
            <ul id=LIST role="listbox" aria-label="Results" class="max-h-[min(420px,60vh)] overflow-y-auto p-2">
                <For
                    each=move || entries.get().into_iter().enumerate()
                    key=|(index, entry)| (*index, entry.label.clone(), entry.note)
                    children=move |(index, entry)| view! { <Line index=index entry=entry chosen=chosen text=text /> }
                />
            </ul>
            <p role="status" class="px-4 pb-4 text-muted empty:hidden">
                {move || {
                    if failed.get() {
                        Some("The search could not be reached. Pages and actions still work.".to_owned())
                    } else if entries.with(Vec::is_empty) && answer.with(|(asked, _)| *asked == text.get()) {
                        Some(format!("Nothing is called “{}”.", text.get()))
                    } else {
                        None
                    }
                }}
            </p>
        </dialog>
    }
    .into_any()
}

#[component]
fn Line(index: usize, entry: Entry, chosen: RwSignal<usize>, text: RwSignal<String>) -> impl IntoView {
    let done = move || {
        browser::dialog(PALETTE, false);
        text.set(String::new());
        chosen.set(0);
    };
    let selected = move || if chosen.get() == index { "true" } else { "false" };
    let inside = view! {
        <Icon icon=ICONS[entry.icon] class="text-muted" />
        <span class="min-w-0 flex-1 truncate">{entry.label}</span>
        <span class="text-xs text-muted">{entry.note}</span>
    };
    let line = match entry.deed {
        Deed::Go(href) => view! {
            <a href=href id=item_id(index) role="option" tabindex="-1" class="menu-item" aria-selected=selected on:click=move |_| done()>
                {inside}
            </a>
        }
        .into_any(),
        deed => {
            let press = move |_| {
                done();
                match deed {
                    Deed::Theme(theme) => theme.choose(),
                    Deed::Shortcuts => browser::dialog(super::shortcuts::SHORTCUTS, true),
                    Deed::SignOut => click(super::frame::SIGN_OUT_BUTTON),
                    Deed::Go(_) => {}
                }
            };
            view! {
                <button type="button" id=item_id(index) role="option" tabindex="-1" class="menu-item needs-script" aria-selected=selected on:click=press>
                    {inside}
                </button>
            }
            .into_any()
        }
    };
    view! { <li role="presentation">{line}</li> }.into_any()
}

/// Presses what has this id.
fn click(id: &str) {
    #[cfg(feature = "hydrate")]
    if let Some(element) = element(id) {
        element.click();
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = id;
}

#[cfg(feature = "hydrate")]
fn element(id: &str) -> Option<web_sys::HtmlElement> {
    use wasm_bindgen::JsCast;
    web_sys::window()?.document()?.get_element_by_id(id)?.dyn_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_match_in_any_order() {
        assert!(matches("New workflow", "flow new"));
        assert!(!matches("New workflow", "new tool"));
        assert!(matches("anything", "  "));
    }

    #[test]
    fn a_tool_that_may_be_called_can_be_tried_at_once() {
        let tool = Found {
            kind: FoundKind::Tool,
            id: uuid::Uuid::nil(),
            name: "get_weather".to_owned(),
            display_name: "Get weather".to_owned(),
            callable: true,
        };
        let entry = deed_on("acme", &tool).unwrap();
        assert_eq!((entry.label.as_str(), entry.deed), ("Try Get weather", Deed::Go(format!("/acme/tools/{}/try", tool.id))));
        assert_eq!(deed_on("acme", &Found { callable: false, ..tool.clone() }), None);
        assert_eq!(deed_on("acme", &Found { kind: FoundKind::Agent, ..tool }), None);
    }

    #[test]
    fn who_may_not_build_is_offered_nothing_to_build() {
        let labels = |role| known("acme", role, &[]).into_iter().map(|entry| entry.label).collect::<Vec<_>>();
        assert!(labels(Role::Builder).contains(&"New tool".to_owned()));
        assert!(!labels(Role::Analyst).iter().any(|label| label.starts_with("New") && label != "New organization"));
        assert!(!labels(Role::Member).contains(&"Audit log".to_owned()));
        assert!(labels(Role::Builder).contains(&"Import tools".to_owned()));
        assert!(!labels(Role::Builder).contains(&"Register MCP server".to_owned()), "admins register");
        assert!(labels(Role::Admin).contains(&"Register MCP server".to_owned()));
    }
}
