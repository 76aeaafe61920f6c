//! What a person gets to read when their request was refused before any page of ours was reached.

use leptos::prelude::*;
use toolcrib::problem::Problem;

/// Where the page leads.
#[derive(Clone, Copy, Debug)]
pub enum Way<'a> {
    /// To this path, where what was typed stands again.
    Kept(&'a str),
    /// To the page that the request came from.
    Back(&'a str),
    /// Nowhere in particular.
    Home,
}

/// A whole document, without scripts: it is answered where the application does not run. `was_sent`: the request would have changed something.
#[must_use]
pub fn refused(problem: &Problem, way: Way<'_>, was_sent: bool) -> String {
    let (path, link) = match way {
        Way::Kept(path) => (path, "Back to the form, with everything else you typed"),
        Way::Back(path) => (path, "Back to the page you came from"),
        Way::Home => ("/", "Go to the overview"),
    };
    let hint = (was_sent && problem.status < 500).then_some("Nothing was changed.");
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
                        {hint.map(|hint| view! { <p class="mt-2 text-muted">{hint}</p> })}
                        <p class="mt-4">
                            <a class="link" href=path.to_owned()>
                                {link}
                            </a>
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
        let page = refused(&problem, Way::Back("/acme/tools?q=\"><script>"), true);
        assert!(page.contains("Too &lt;large&gt;") && page.contains("2 MiB &amp; not &lt;b&gt;more&lt;/b&gt;."), "{page}");
        assert!(!page.contains("<script"), "{page}");
    }
}
