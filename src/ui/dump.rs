//! What a screen says, as text: for tests, for support over a terminal, for people who cannot see the display.

use std::fmt::{self, Write as _};

use crate::{Body, Form, FormField, Ink, Note, Number, Progress, Screen, SoftKey};

impl Screen {
    /// All that can be read on the screen, a few lines of plain text. A masked entry shows as dots here as well.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        // Writing into a String cannot fail.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, out: &mut String) -> fmt::Result {
        self.write_status_bar(out)?;
        write_body(&self.body, out)?;
        if !self.line_keys.is_empty() {
            writeln!(out, "---")?;
        }
        for key in &self.line_keys {
            write!(out, "| {}", key.label)?;
            if let Some(icon) = key.icon {
                write!(out, " <{icon:?}>")?;
            }
            if let Some(lamp) = key.lamp {
                write!(out, " ({lamp:?})")?;
            }
            writeln!(out)?;
        }
        if self.keys_not_shown > 0 {
            writeln!(out, "+{}", self.keys_not_shown)?;
        }
        writeln!(out, "===")?;
        let keys: Vec<String> = self.soft_keys.iter().map(soft_key).collect();
        writeln!(out, "{}", keys.join(" "))
    }

    fn write_status_bar(&self, out: &mut String) -> fmt::Result {
        write!(out, "{}", self.status_bar.title)?;
        if let Some(warning) = &self.status_bar.warning {
            write!(out, " | {} <{:?}>", warning.text, warning.icon)?;
        }
        for sign in &self.status_bar.signs {
            write!(out, " | <{sign:?}>")?;
        }
        if let Some(clock) = &self.status_bar.clock {
            write!(out, " | {clock}")?;
        }
        writeln!(out, "\n===")
    }
}

fn soft_key(key: &Option<SoftKey>) -> String {
    match key {
        Some(key) if key.primary => format!("[> {}]", key.label),
        Some(key) => format!("[{}]", key.label),
        None => "[]".to_owned(),
    }
}

fn write_body(body: &Body, out: &mut String) -> fmt::Result {
    match body {
        Body::Notice(notice) => {
            if let Some(icon) = notice.icon {
                writeln!(out, "<{icon:?}>")?;
            }
            writeln!(out, "# {}{}", notice.title, mark(notice.ink))?;
            for line in &notice.lines {
                writeln!(out, "{line}")?;
            }
            write_code(notice.code.as_deref(), out)
        }
        Body::Figure(figure) => {
            writeln!(out, "{}{}", figure.caption, mark(figure.ink))?;
            writeln!(out, "# {}", figure.figure)?;
            if !figure.hint.is_empty() {
                writeln!(out, "{}", figure.hint)?;
            }
            write_code(figure.code.as_deref(), out)
        }
        Body::Form(form) => write_form(form, out),
        Body::Steps(steps) => {
            writeln!(out, "# {}", steps.title)?;
            steps.steps.iter().try_for_each(|step| {
                let sign = match step.progress {
                    Progress::Done => 'x',
                    Progress::Ongoing => '>',
                    Progress::Waiting => ' ',
                };
                writeln!(out, "[{sign}] {}", step.text)
            })
        }
        Body::Identity(who) => {
            let lamp = if who.registered { "(o)" } else { "( )" };
            writeln!(out, "# {}\n{}\n{lamp} {}", who.name, who.number, who.state)
        }
        Body::Facts(facts) => facts
            .iter()
            .try_for_each(|fact| writeln!(out, "{}: {}", fact.label, fact.value)),
        Body::Choices(choices) => choices.iter().try_for_each(|choice| {
            let sign = if choice.chosen { '>' } else { '-' };
            writeln!(out, "{sign} {}", choice.label)
        }),
        Body::Number(number) => write_number(number, out),
    }
}

fn write_form(form: &Form, out: &mut String) -> fmt::Result {
    for FormField {
        label,
        text,
        dots,
        focused,
        letters,
        behind_cursor,
        readable: _,
    } in &form.fields
    {
        let all = format!("{text}{}", "•".repeat(*dots));
        let at = all.chars().count().saturating_sub(*behind_cursor);
        let before: String = all.chars().take(at).collect();
        let behind: String = all.chars().skip(at).collect();
        let cursor = if *focused { "_" } else { "" };
        write!(out, "{label}: {before}{cursor}{behind}")?;
        match letters {
            Some(letters) => writeln!(out, " ({letters})")?,
            None => writeln!(out)?,
        }
    }
    // Letters that a PIN is being made of are on the display and nowhere else.
    match form.candidates {
        Some(_) => Ok(()),
        None => write_note(form.note.as_ref(), out),
    }
}

fn write_number(number: &Number, out: &mut String) -> fmt::Result {
    let emergency = if number.emergency { " !!!" } else { "" };
    let cursor = if number.open { "_" } else { "" };
    writeln!(out, "{}{emergency}", number.caption)?;
    writeln!(out, "# {}{cursor}", number.digits)?;
    write_note(number.note.as_ref(), out)
}

fn write_note(note: Option<&Note>, out: &mut String) -> fmt::Result {
    let Some(note) = note else { return Ok(()) };
    writeln!(out, "{}{}", note.text, mark(note.ink))?;
    write_code(note.code.as_deref(), out)
}

fn write_code(code: Option<&str>, out: &mut String) -> fmt::Result {
    code.iter().try_for_each(|code| writeln!(out, "{code}"))
}

fn mark(ink: Ink) -> &'static str {
    match ink {
        Ink::Plain | Ink::Quiet => "",
        Ink::Refusal => " (!)",
    }
}
