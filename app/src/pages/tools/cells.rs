//! What several pages of tools show alike.

use crate::components::{badge::Badge, chart::Sparkline, icon::Icon};
use leptos::prelude::*;
use toolcrib::{executions::Pulse, tools::Kind};

#[must_use]
pub fn kind_icon(kind: Kind) -> icondata_core::Icon {
    match kind {
        Kind::ApiRequest => icondata_lu::LuGlobe,
        Kind::Python => icondata_lu::LuFileCode,
        Kind::Shell => icondata_lu::LuTerminal,
        Kind::Mcp => icondata_lu::LuPlug,
        Kind::TransferCall => icondata_lu::LuPhoneForwarded,
        Kind::PipedreamAction => icondata_lu::LuWaypoints,
        Kind::Sms => icondata_lu::LuMessageSquare,
        _ => icondata_lu::LuWrench,
    }
}

/// The icon a tool was given, else the one of its kind.
#[must_use]
pub fn tool_icon(icon: Option<&str>, kind: Kind) -> icondata_core::Icon {
    icon.and_then(icon_named).unwrap_or_else(|| kind_icon(kind))
}

/// The Lucide icon of this name, one of `toolcrib::tools::ICONS`.
#[must_use]
pub fn icon_named(name: &str) -> Option<icondata_core::Icon> {
    Some(match name {
        "wrench" => icondata_lu::LuWrench,
        "hammer" => icondata_lu::LuHammer,
        "globe" => icondata_lu::LuGlobe,
        "cloud" => icondata_lu::LuCloud,
        "database" => icondata_lu::LuDatabase,
        "table" => icondata_lu::LuTable,
        "file-text" => icondata_lu::LuFileText,
        "folder" => icondata_lu::LuFolder,
        "image" => icondata_lu::LuImage,
        "mail" => icondata_lu::LuMail,
        "message-square" => icondata_lu::LuMessageSquare,
        "phone" => icondata_lu::LuPhone,
        "calendar" => icondata_lu::LuCalendar,
        "clock" => icondata_lu::LuClock,
        "bell" => icondata_lu::LuBell,
        "search" => icondata_lu::LuSearch,
        "map-pin" => icondata_lu::LuMapPin,
        "truck" => icondata_lu::LuTruck,
        "package" => icondata_lu::LuPackage,
        "shopping-cart" => icondata_lu::LuShoppingCart,
        "credit-card" => icondata_lu::LuCreditCard,
        "receipt" => icondata_lu::LuReceipt,
        "calculator" => icondata_lu::LuCalculator,
        "chart-line" => icondata_lu::LuChartLine,
        "users" => icondata_lu::LuUsers,
        "user" => icondata_lu::LuUser,
        "building" => icondata_lu::LuBuilding,
        "briefcase" => icondata_lu::LuBriefcase,
        "key" => icondata_lu::LuKey,
        "lock" => icondata_lu::LuLock,
        "shield" => icondata_lu::LuShield,
        "code" => icondata_lu::LuCode,
        "terminal" => icondata_lu::LuTerminal,
        "git-branch" => icondata_lu::LuGitBranch,
        "bot" => icondata_lu::LuBot,
        "brain" => icondata_lu::LuBrain,
        "sparkles" => icondata_lu::LuSparkles,
        "languages" => icondata_lu::LuLanguages,
        "mic" => icondata_lu::LuMic,
        "camera" => icondata_lu::LuCamera,
        "thermometer" => icondata_lu::LuThermometer,
        "heart-pulse" => icondata_lu::LuHeartPulse,
        "leaf" => icondata_lu::LuLeaf,
        "book-open" => icondata_lu::LuBookOpen,
        "graduation-cap" => icondata_lu::LuGraduationCap,
        "link" => icondata_lu::LuLink,
        "send" => icondata_lu::LuSend,
        "star" => icondata_lu::LuStar,
        _ => return None,
    })
}

#[component]
pub fn KindBadge(kind: Kind) -> impl IntoView {
    view! {
        <Badge plain=true>
            <Icon icon=kind_icon(kind) size=12 />
            {kind.label()}
        </Badge>
    }
}

/// The last 24 hours as a line.
#[component]
pub fn PulseLine(pulse: Pulse) -> impl IntoView {
    #[allow(clippy::cast_precision_loss)]
    let float = |counts: &[i64]| counts.iter().map(|count| *count as f64).collect::<Vec<_>>();
    let calls: i64 = pulse.calls.iter().sum();
    view! { <Sparkline label=format!("{calls} calls in the last 24 hours") values=float(&pulse.calls) failed=float(&pulse.failures) /> }
}

/// A share as a percentage.
#[must_use]
pub fn rate(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{:.1} %", (share * 1000.0).floor() / 10.0))
}

#[cfg(test)]
mod tests {
    use super::icon_named;

    #[test]
    fn every_icon_that_is_offered_can_be_drawn() {
        for name in toolcrib::tools::ICONS {
            assert!(icon_named(name).is_some(), "{name}");
        }
    }
}
