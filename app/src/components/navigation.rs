//! The places of an organization: one list for the rail, the drawer, the palette and the shortcuts.

use toolcrib::access::{Permission, Role};

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

pub static DESTINATIONS: [Destination; 9] = [
    place("Overview", "", icondata_lu::LuLayoutDashboard, 'o'),
    place("Tools", "tools", icondata_lu::LuWrench, 't'),
    place("Agents", "agents", icondata_lu::LuBot, 'a'),
    place("Workflows", "workflows", icondata_lu::LuWorkflow, 'w'),
    place("Executions", "executions", icondata_lu::LuActivity, 'e'),
    administration("Members", "members", icondata_lu::LuUsers, 'm', None),
    administration("Tokens", "tokens", icondata_lu::LuKeyRound, 'k', None),
    administration("Audit log", "audit", icondata_lu::LuScrollText, 'l', Some(Permission::ReadAudit)),
    administration("Settings", "settings", icondata_lu::LuSettings, 's', None),
];

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
        // Runs are reached from the executions.
        section == self.path || (self.path == "executions" && section == "runs")
    }
}

/// The way from the place down to the page, for the bar at the top: (address, words).
#[must_use]
pub fn trail(pathname: &str) -> Vec<(String, String)> {
    let mut parts = pathname.trim_matches('/').split('/');
    let org = parts.next().unwrap_or_default();
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    let Some((section, rest)) = parts.split_first() else {
        return vec![(format!("/{org}"), "Overview".to_owned())];
    };
    let mut href = format!("/{org}/{section}");
    let mut trail = vec![(href.clone(), section_words(section))];
    for part in rest {
        href = format!("{href}/{part}");
        trail.push((href.clone(), words(part)));
    }
    trail
}

fn section_words(section: &str) -> String {
    DESTINATIONS.iter().find(|place| place.path == section).map_or_else(|| words(section), |place| place.label.to_owned())
}

/// `try-it` → `Try it`; of an id only its beginning.
fn words(part: &str) -> String {
    if let Ok(id) = uuid::Uuid::parse_str(part) {
        // The end of a time-ordered id tells more than its beginning.
        return id.simple().to_string()[24..].to_owned();
    }
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
        let labels = |path: &str| trail(path).into_iter().map(|(_, label)| label).collect::<Vec<_>>();
        assert_eq!(labels("/acme"), ["Overview"]);
        assert_eq!(labels("/acme/audit"), ["Audit log"]);
        assert_eq!(labels("/acme/tools/019aa0b1-0000-7000-8000-00000000beef/try-it"), ["Tools", "0000beef", "Try it"]);
        assert_eq!(trail("/acme/tools/new")[1].0, "/acme/tools/new");
    }

    #[test]
    fn the_audit_log_is_hidden_from_those_who_may_not_read_it() {
        let audit = &DESTINATIONS[7];
        assert!(audit.shown_to(Role::Admin) && !audit.shown_to(Role::Builder));
    }
}
