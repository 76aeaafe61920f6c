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
        Kind::TransferCall => icondata_lu::LuPhoneForwarded,
        Kind::PipedreamAction => icondata_lu::LuWaypoints,
        Kind::Sms => icondata_lu::LuMessageSquare,
        _ => icondata_lu::LuWrench,
    }
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
