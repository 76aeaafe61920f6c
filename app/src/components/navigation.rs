//! The places of an organization: one list for the rail, the drawer, the palette and the shortcuts.

use toolcrib::{
    access::{Permission, Role},
    search::FoundKind,
};

/// A page of its own in the rail.
pub struct Destination {
    pub label: &'static str,
    /// After `/{org}/`; empty for the overview.
    pub path: &'static str,
    pub icon: icondata_core::Icon,
    /// `g` and then this key goes there.
    pub key: char,
    /// Hidden from those who would only be refused.
    pub needs: Option<Permission>,
    /// Stands in the lower group of the rail.
    pub administrative: bool,
}

const fn place(label: &'static str, path: &'static str, icon: icondata_core::Icon, key: char) -> Destination {
    Destination { label, path, icon, key, needs: None, administrative: false }
}

const fn administration(
    label: &'static str,
    path: &'static str,
    icon: icondata_core::Icon,
    key: char,
    needs: Option<Permission>,
) -> Destination {
    Destination { label, path, icon, key, needs, administrative: true }
}

pub static DESTINATIONS: [Destination; 12] = [
    place("Overview", "", icondata_lu::LuLayoutDashboard, 'o'),
    place("Tools", "tools", icondata_lu::LuWrench, 't'),
    place("Agents", "agents", icondata_lu::LuBot, 'a'),
    place("Workflows", "workflows", icondata_lu::LuWorkflow, 'w'),
    place("Executions", "executions", icondata_lu::LuActivity, 'e'),
    Destination { needs: Some(Permission::Build), ..place("MCP servers", "mcp-servers", icondata_lu::LuPlug, 'p') },
    Destination { needs: Some(Permission::ManageKeys), ..place("Keys", "keys", icondata_lu::LuKeySquare, 'y') },
    administration("Access", "access", icondata_lu::LuShieldCheck, 'c', Some(Permission::Build)),
    administration("Members", "members", icondata_lu::LuUsers, 'm', None),
    administration("Tokens", "tokens", icondata_lu::LuKeyRound, 'k', None),
    administration("Audit log", "audit", icondata_lu::LuScrollText, 'l', Some(Permission::ReadAudit)),
    administration("Settings", "settings", icondata_lu::LuSettings, 's', None),
];

/// Pages that stand below those places and are found by their names: (words, after `/{org}/`, icon). Everybody may open them.
pub static FURTHER: [(&str, &str, icondata_core::Icon); 5] = [
    ("Your account", "account", icondata_lu::LuCircleUser),
    ("Tool categories", "tools/categories", icondata_lu::LuFolderTree),
    ("OpenAPI documents", "openapi", icondata_lu::LuFileJson),
    ("Variables", "settings/variables", icondata_lu::LuBraces),
    ("Phone numbers", "settings/phone-numbers", icondata_lu::LuPhone),
];

/// The icon of what a search finds: that of its place.
#[must_use]
pub fn found_icon(kind: FoundKind) -> icondata_core::Icon {
    match kind {
        FoundKind::Tool => icondata_lu::LuWrench,
        FoundKind::Agent => icondata_lu::LuBot,
        FoundKind::Workflow => icondata_lu::LuWorkflow,
        FoundKind::Key => icondata_lu::LuKeySquare,
        FoundKind::McpServer => icondata_lu::LuPlug,
        FoundKind::OpenapiDocument => icondata_lu::LuFileJson,
        FoundKind::Member => icondata_lu::LuUsers,
    }
}

impl Destination {
    #[must_use]
    pub fn href(&self, org: &str) -> String {
        if self.path.is_empty() { format!("/{org}") } else { format!("/{org}/{}", self.path) }
    }

    #[must_use]
    pub fn shown_to(&self, role: Role) -> bool {
        self.needs.is_none_or(|permission| role.may(permission))
    }

    /// Whether the address belongs to this place.
    #[must_use]
    pub fn holds(&self, pathname: &str) -> bool {
        let section = pathname.trim_matches('/').split('/').nth(1).unwrap_or_default();
        // Runs are reached from the executions, documents that become tools from the tools.
        section == self.path || matches!((self.path, section), ("executions", "runs") | ("tools", "openapi"))
    }
}

/// The object that a page is about, from its path: the section and the id.
#[must_use]
pub fn object(pathname: &str) -> Option<(&str, &str)> {
    let mut parts = pathname.trim_matches('/').split('/').skip(1);
    let (section, id) = (parts.next()?, parts.next()?);
    uuid::Uuid::parse_str(id).is_ok().then_some((section, id))
}

/// The id of the innermost object in a path: of a trigger's page the trigger's, not its workflow's.
#[must_use]
pub fn innermost(pathname: &str) -> Option<&str> {
    pathname.trim_matches('/').split('/').skip(2).filter(|part| uuid::Uuid::parse_str(part).is_ok()).last()
}

/// The way from the place down to the page, for the bar at the top: (address, words). `name` knows what an id stands for; the words are
/// empty as long as it does not.
#[must_use]
pub fn trail(pathname: &str, name: impl Fn(&str) -> Option<String>) -> Vec<(String, String)> {
    let mut parts = pathname.trim_matches('/').split('/');
    let org = parts.next().unwrap_or_default();
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    let Some((section, rest)) = parts.split_first() else {
        return vec![(format!("/{org}"), "Overview".to_owned())];
    };
    // Runs have no list of their own: they are reached from the executions.
    let mut trail = match *section {
        "runs" => vec![(format!("/{org}/executions"), "Executions".to_owned())],
        "openapi" => vec![(format!("/{org}/tools"), "Tools".to_owned()), (format!("/{org}/openapi"), "OpenAPI documents".to_owned())],
        section => vec![(format!("/{org}/{section}"), section_words(section))],
    };
    let mut href = format!("/{org}/{section}");
    let mut above = "";
    for part in rest {
        href = format!("{href}/{part}");
        let words = match uuid::Uuid::parse_str(part) {
            // Only the page itself knows what is inside of an object.
            Ok(_) if above == "triggers" => name(part).unwrap_or_else(|| "Trigger".to_owned()),
            Ok(_) => name(part).unwrap_or_default(),
            Err(_) => words(part),
        };
        trail.push((href.clone(), words));
        above = part;
    }
    trail
}

fn section_words(section: &str) -> String {
    DESTINATIONS.iter().find(|place| place.path == section).map_or_else(|| words(section), |place| place.label.to_owned())
}

/// A part of the address as words: `call-start` → `Call start`.
fn words(part: &str) -> String {
    // As the tab is called.
    let part = if part == "try" { "try-it" } else { part };
    let text = super::query::decode(part).replace(['-', '_'], " ");
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_places_share_a_key() {
        for (i, place) in DESTINATIONS.iter().enumerate() {
            assert!(DESTINATIONS[..i].iter().all(|other| other.key != place.key), "{} has the key of another", place.label);
        }
    }

    #[test]
    fn a_page_belongs_to_one_place() {
        for path in ["/acme", "/acme/", "/acme/tools", "/acme/tools/new", "/acme/runs/1", "/acme/audit?x=1"] {
            let path = path.split('?').next().unwrap_or_default();
            assert_eq!(DESTINATIONS.iter().filter(|place| place.holds(path)).count(), 1, "{path}");
        }
    }

    #[test]
    fn the_trail_leads_down_to_the_page() {
        let id = "019aa0b1-0000-7000-8000-00000000beef";
        let name = |part: &str| (part == id).then(|| "Get weather".to_owned());
        let labels = |path: &str| trail(path, name).into_iter().map(|(_, label)| label).collect::<Vec<_>>();
        assert_eq!(labels("/acme"), ["Overview"]);
        assert_eq!(labels("/acme/audit"), ["Audit log"]);
        assert_eq!(labels(&format!("/acme/tools/{id}/try")), ["Tools", "Get weather", "Try it"]);
        let trigger = "019aa0b1-0000-7000-8000-000000000002";
        assert_eq!(labels(&format!("/acme/workflows/{id}/triggers/{trigger}")), ["Workflows", "Get weather", "Triggers", "Trigger"]);
        assert_eq!(innermost(&format!("/acme/workflows/{id}/triggers/{trigger}")), Some(trigger));
        assert_eq!(innermost(&format!("/acme/workflows/{id}/triggers/new")), Some(id));
        assert_eq!(labels("/acme/runs/019aa0b1-0000-7000-8000-000000000001"), ["Executions", ""]);
        assert_eq!(trail("/acme/tools/new", name)[1].0, "/acme/tools/new");
        assert_eq!(object(&format!("/acme/tools/{id}/try")), Some(("tools", id)));
        assert_eq!(object("/acme/tools/new"), None);
    }

    #[test]
    fn the_audit_log_is_hidden_from_those_who_may_not_read_it() {
        let audit = DESTINATIONS.iter().find(|place| place.path == "audit").unwrap();
        assert!(audit.shown_to(Role::Admin) && !audit.shown_to(Role::Builder));
    }
}
