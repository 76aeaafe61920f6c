//! What a person gets to read when their request was refused before any page of ours was reached.

use leptos::prelude::*;
use toolcrib::problem::Problem;

/// A whole document, without scripts: it is answered where the application does not run. `back` is the path that the person came from.
#[must_use]
pub fn refused(problem: &Problem, back: Option<&str>) -> String {
    let hint = match problem.status {
        413 => "Nothing was stored. Go back with your browser's Back button: what you typed is still there to be shortened.",
        403 => "Nothing was changed. Go back with your browser's Back button: what you typed may still be there.",
        429 => "Nothing was changed. Wait a moment, then go back and send it again.",
        _ => "Go back with your browser's Back button: what you typed may still be there.",
    };
    let fields = problem.errors.iter().map(|error| error.message.clone()).filter(|message| *message != problem.detail);
    let title = format!("{} · Toolcrib", problem.title);
    let page = view! {
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <title>{title}</title>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="stylesheet" href="/pkg/toolcrib.css" />
            </head>
            <body>
                <main class="mx-auto grid min-h-dvh max-w-md place-content-center p-8">
                    <div class="py-8 text-center">
                        <p class="num text-muted">{problem.status}</p>
                        <h1 class="mt-1 text-xl font-semibold tracking-tight">{problem.title.clone()}</h1>
                        <p class="mt-2 text-muted">{problem.sentence().to_owned()}</p>
                        {fields.map(|message| view! { <p class="mt-2 text-muted">{message}</p> }).collect_view()}
                        <p class="mt-2 text-muted">{hint}</p>
                        <p class="mt-4">
                            {match back {
                                Some(path) => {
                                    view! {
                                        <a class="link" href=path.to_owned()>
                                            "Back to the page you came from"
                                        </a>
                                    }
                                        .into_any()
                                }
                                None => {
                                    view! {
                                        <a class="link" href="/">
                                            "Go to the overview"
                                        </a>
                                    }
                                        .into_any()
                                }
                            }}
                        </p>
                    </div>
                </main>
            </body>
        </html>
    };
    format!("<!DOCTYPE html>{}", page.to_html())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_refusal_is_text_and_no_markup() {
        let problem = Problem::new(413, "Too <large>", "A body has at most 2 MiB & not <b>more</b>.");
        let page = refused(&problem, Some("/acme/tools?q=\"><script>"));
        assert!(page.contains("Too &lt;large&gt;") && page.contains("2 MiB &amp; not &lt;b&gt;more&lt;/b&gt;."), "{page}");
        assert!(!page.contains("<script"), "{page}");
    }
}
