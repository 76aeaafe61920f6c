//! Which columns of a list are shown: chosen in a menu, asked for in the address (`?columns=a&columns=b`), and remembered by a cookie, so
//! that the server renders the list as it was left; works without a script.

use super::{button::Button, field::Checkbox, menu::Menu, query::Query, table::use_query};
use leptos::prelude::*;

/// A column that may be hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: &'static str,
    pub label: &'static str,
    /// Whether it is shown when nobody chose.
    pub usual: bool,
}

/// A column that is there unless somebody hides it.
#[must_use]
pub const fn usual(name: &'static str, label: &'static str) -> Column {
    Column { name, label, usual: true }
}

/// A column that is there when somebody wants it.
#[must_use]
pub const fn extra(name: &'static str, label: &'static str) -> Column {
    Column { name, label, usual: false }
}

/// The choice for one list. Cheap to copy into rows.
#[derive(Clone, Copy)]
pub struct Columns {
    list: &'static str,
    /// What the choice is called in the address.
    key: &'static str,
    all: &'static [Column],
    shown: StoredValue<Vec<&'static str>>,
}

impl Columns {
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.shown.with_value(|shown| shown.contains(&name))
    }
}

/// The choice of who looks: in the address, else remembered, else the usual columns. `list` names the list in the cookie.
#[must_use]
pub fn use_columns(list: &'static str, all: &'static [Column]) -> Columns {
    use_columns_as(list, "columns", all)
}

/// The same for the second list of a page, whose choice has a name of its own in the address.
#[must_use]
pub fn use_columns_as(list: &'static str, key: &'static str, all: &'static [Column]) -> Columns {
    let asked = use_query().with_untracked(|query| asked(query, key));
    if let Some(asked) = &asked {
        remember(list, &known(all, asked));
    }
    let remembered = || cookie(&cookie_name(list)).map(|text| text.split('.').map(str::to_owned).collect::<Vec<_>>());
    let shown = match asked.or_else(remembered) {
        Some(names) => known(all, &names),
        None => all.iter().filter(|column| column.usual).map(|column| column.name).collect(),
    };
    Columns { list, key, all, shown: StoredValue::new(shown) }
}

/// What the address asks for; an empty value marks that somebody chose, even when nothing is left.
fn asked(query: &Query, key: &str) -> Option<Vec<String>> {
    let names = query.all(key);
    (!names.is_empty()).then_some(names)
}

/// The columns of these names, in the list's order.
fn known(all: &'static [Column], names: &[String]) -> Vec<&'static str> {
    all.iter().map(|column| column.name).filter(|name| names.iter().any(|wanted| wanted == name)).collect()
}

fn cookie_name(list: &str) -> String {
    format!("tc_columns_{list}")
}

/// Keeps the choice in this browser; the server does it when the address asks.
fn remember(list: &str, names: &[&str]) {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>()
        && let Ok(value) =
            http::HeaderValue::from_str(&format!("{}={}; Path=/; SameSite=Lax; Max-Age=31536000", cookie_name(list), names.join(".")))
    {
        response.append_header(http::header::SET_COOKIE, value);
    }
    #[cfg(not(feature = "ssr"))]
    let _ = (list, names);
}

/// The value of a cookie that is no secret.
fn cookie(name: &str) -> Option<String> {
    #[cfg(feature = "ssr")]
    let all = use_context::<http::request::Parts>()?
        .headers
        .get_all(http::header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect::<Vec<_>>()
        .join("; ");
    #[cfg(not(feature = "ssr"))]
    let all = super::browser::cookies();
    all.split("; ").find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name).map(|(_, value)| value.to_owned()))
}

/// The menu of checkboxes. It keeps what else the address says.
#[component]
pub fn ColumnMenu(columns: Columns) -> impl IntoView {
    let kept: Vec<(String, String)> =
        use_query().with_untracked(|query| query.pairs.iter().filter(|(key, _)| key != columns.key).cloned().collect());
    view! {
        <Menu label="Columns" icon=icondata_lu::LuColumns3 icon_only=true>
            <form method="get" class="p-2">
                <fieldset>
                    <legend class="mb-2 text-xs font-medium text-muted">"Columns"</legend>
                    // Marks that somebody chose, even when nothing is left.
                    <input type="hidden" name=columns.key value="" />
                    {kept.into_iter().map(|(key, value)| view! { <input type="hidden" name=key value=value /> }).collect_view()}
                    <div class="space-y-1.5">
                        {columns
                            .all
                            .iter()
                            .map(|column| {
                                view! {
                                    <Checkbox
                                        label=column.label
                                        name=columns.key
                                        id=format!("columns-{}-{}", columns.list, column.name)
                                        value=column.name
                                        checked=columns.has(column.name)
                                    />
                                }
                            })
                            .collect_view()}
                    </div>
                </fieldset>
                <Button small=true class="mt-3">
                    "Show these"
                </Button>
            </form>
        </Menu>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    static ALL: [Column; 3] = [usual("kind", "Kind"), usual("calls", "Calls"), extra("p95", "p95")];

    #[test]
    fn an_empty_choice_is_one_too_and_what_is_unknown_is_left_out() {
        assert_eq!(asked(&Query::new("/x", "q=1"), "columns"), None);
        assert_eq!(known(&ALL, &asked(&Query::new("/x", "columns="), "columns").unwrap()), Vec::<&str>::new());
        let choice = asked(&Query::new("/x", "columns=&columns=p95&columns=kind&columns=nonsense"), "columns").unwrap();
        assert_eq!(known(&ALL, &choice), ["kind", "p95"]);
    }
}
