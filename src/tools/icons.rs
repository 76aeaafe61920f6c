//! The icons a tool may have: names of Lucide icons, a set small enough to choose from at a glance.

/// By name, in the order in which they are offered.
pub const ICONS: &[&str] = &[
    "wrench",
    "hammer",
    "globe",
    "cloud",
    "database",
    "table",
    "file-text",
    "folder",
    "image",
    "mail",
    "message-square",
    "phone",
    "calendar",
    "clock",
    "bell",
    "search",
    "map-pin",
    "truck",
    "package",
    "shopping-cart",
    "credit-card",
    "receipt",
    "calculator",
    "chart-line",
    "users",
    "user",
    "building",
    "briefcase",
    "key",
    "lock",
    "shield",
    "code",
    "terminal",
    "git-branch",
    "bot",
    "brain",
    "sparkles",
    "languages",
    "mic",
    "camera",
    "thermometer",
    "heart-pulse",
    "leaf",
    "book-open",
    "graduation-cap",
    "link",
    "send",
    "star",
];

/// Whether a tool may have this icon.
#[must_use]
pub fn is_icon(name: &str) -> bool {
    ICONS.contains(&name)
}
