//! The HTML document around the application.

use crate::app::App;
use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;

pub fn shell(options: LeptosOptions) -> impl IntoView {
    let nonce = use_nonce();
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="preload" href="/fonts/inter.woff2" r#as="font" type="font/woff2" crossorigin="anonymous" />
                <link rel="stylesheet" href="/pkg/toolcrib.css" />
                // Before the first paint, so that a remembered theme or a narrow rail does not flash.
                <script nonce=nonce>
                    "try{var d=document.documentElement.dataset,t=localStorage.getItem('theme'),r=localStorage.getItem('rail');if(t)d.theme=t;if(r)d.rail=r}catch(e){}"
                </script>
                <AutoReload options=options.clone() />
                <HydrationScripts options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}
