//! Two texts side by side, by lines: what differs, with the equal lines between folded.

use leptos::prelude::*;
use toolcrib::{
    diff::{Line, Pair},
    tools::comparison::FieldChange,
};

/// Equal lines shown around a change.
const AROUND: usize = 3;

/// What is shown of a field: lines, or a gap of equal ones that is folded.
#[derive(Debug, PartialEq)]
enum Part {
    Lines(Vec<Pair>),
    Gap(Vec<Pair>),
}

/// Folds equal lines that are far from any change.
fn parts(pairs: Vec<Pair>) -> Vec<Part> {
    let near: Vec<bool> = (0..pairs.len())
        .map(|at| {
            let (first, last) = (at.saturating_sub(AROUND), (at + AROUND).min(pairs.len() - 1));
            pairs[first..=last].iter().any(|pair| !pair.is_equal())
        })
        .collect();
    let mut parts = Vec::new();
    for (pair, near) in pairs.into_iter().zip(near) {
        match (parts.last_mut(), near) {
            (Some(Part::Lines(lines)), true) => lines.push(pair),
            (Some(Part::Gap(lines)), false) => lines.push(pair),
            (_, true) => parts.push(Part::Lines(vec![pair])),
            (_, false) => parts.push(Part::Gap(vec![pair])),
        }
    }
    parts
}

/// What changed of one field. `labels`: what the left and the right side are.
#[component]
pub fn SideBySide(field: FieldChange, labels: (String, String)) -> impl IntoView {
    let name = field.name;
    let label = format!("Changes of {name}");
    let caption = label.clone();
    let parts = parts(field.lines)
        .into_iter()
        .map(|part| match part {
            Part::Lines(pairs) => view! { <tbody>{rows(pairs)}</tbody> }.into_any(),
            Part::Gap(pairs) => {
                let words = match pairs.len() {
                    1 => "1 equal line".to_owned(),
                    number => format!("{number} equal lines"),
                };
                view! {
                    <tbody>
                        <tr>
                            <td colspan="4" class="bg-sunken px-3 py-1 text-xs text-muted">
                                {words}
                            </td>
                        </tr>
                    </tbody>
                }
                .into_any()
            }
        })
        .collect_view();
    view! {
        <div class="mb-4">
            <h3 class="mb-1 font-medium">{name}</h3>
            <div class="panel overflow-x-auto" role="region" aria-label=label tabindex="0">
                <table class="w-full table-fixed border-collapse font-mono text-xs leading-5">
                    <caption class="sr-only">{caption}</caption>
                    <colgroup>
                        <col class="w-10" />
                        <col />
                        <col class="w-10" />
                        <col />
                    </colgroup>
                    <thead class="sr-only">
                        <tr>
                            <th scope="col">"Line"</th>
                            <th scope="col">{labels.0}</th>
                            <th scope="col">"Line"</th>
                            <th scope="col">{labels.1}</th>
                        </tr>
                    </thead>
                    {parts}
                </table>
            </div>
        </div>
    }
}

fn rows(pairs: Vec<Pair>) -> impl IntoView {
    pairs
        .into_iter()
        .map(|pair| {
            let equal = pair.is_equal();
            view! { <tr>{side(pair.left, equal, false)} {side(pair.right, equal, true)}</tr> }
        })
        .collect_view()
}

/// The number and the text of one side. A sign beside the colour says what it is.
fn side(line: Option<Line>, equal: bool, right: bool) -> impl IntoView {
    let ground = match (&line, equal, right) {
        (_, true, _) => "",
        (None, ..) => "bg-sunken",
        (Some(_), _, true) => "bg-success-soft",
        (Some(_), _, false) => "bg-danger-soft",
    };
    let sign = match (&line, equal, right) {
        (Some(_), false, true) => "+",
        (Some(_), false, false) => "−",
        _ => "",
    };
    let number = line.as_ref().map(|line| line.number);
    let text = line.map(|line| line.text).unwrap_or_default();
    view! {
        <td class=format!("px-2 text-right align-top text-muted select-none {ground}")>{number}</td>
        <td class=format!("border-r border-line px-2 align-top break-all whitespace-pre-wrap last:border-r-0 {ground}")>
            <span class="inline-block w-3 text-muted select-none">{sign}</span>
            {text}
        </td>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use toolcrib::diff::side_by_side;

    #[test]
    fn equal_lines_far_from_a_change_are_folded() {
        let left: String = (0..20).map(|line| format!("{line}\n")).collect();
        let right = left.replace("10\n", "ten\n");
        let lengths: Vec<(bool, usize)> = parts(side_by_side(&left, &right))
            .iter()
            .map(|part| match part {
                Part::Lines(lines) => (true, lines.len()),
                Part::Gap(lines) => (false, lines.len()),
            })
            .collect();
        assert_eq!(lengths, [(false, 7), (true, 7), (false, 6)]);
        assert!(parts(Vec::new()).is_empty());
    }
}
