//! Lucide icons, 16 px, decorative unless they have a label.

use leptos::prelude::*;

/// `<Icon icon=icondata_lu::LuWrench/>`. With a `label` it is an image with a name; without, assistive technology skips it.
#[component]
pub fn Icon(
    icon: icondata_core::Icon,
    #[prop(optional, into)] class: String,
    #[prop(optional, into)] label: Option<String>,
    #[prop(default = 16)] size: u16,
) -> impl IntoView {
    let hidden = label.is_none().then_some("true");
    let role = label.is_some().then_some("img");
    view! {
        <svg
            xmlns="http://www.w3.org/2000/svg"
            class=format!("shrink-0 {class}")
            width=size
            height=size
            viewBox=icon.view_box.unwrap_or("0 0 24 24")
            fill=icon.fill.unwrap_or("currentColor")
            stroke=icon.stroke
            stroke-width="1.75"
            stroke-linecap=icon.stroke_linecap
            stroke-linejoin=icon.stroke_linejoin
            aria-hidden=hidden
            aria-label=label
            role=role
            focusable="false"
            inner_html=icon.data
        />
    }
    .into_any()
}
