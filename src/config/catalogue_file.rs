//! Reading the catalogue: `assets/models.toml` and the same tables of `config.toml` over it.

use serde::Deserialize;
use toml::{
    Spanned,
    de::{DeTable, DeValue, ValueDeserializer},
};

use super::{
    catalogue::{Allowance, Catalogue, ModelSpec, ThinkingControl},
    document::{self, Places, cleaned, problem, quoted},
};
use crate::{
    chat::{Effort, ModelId, Problem},
    quota::{Factors, MoneyPrice, PeakRule},
};

/// The data that this version was built with.
const BUILTIN: &str = include_str!("../../assets/models.toml");

/// A sane upper bound of credits and prices: beyond it a digit slipped.
const MAX_FACTOR: f64 = 1_000_000.0;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ModelTable {
    id: String,
    context: Option<u64>,
    max_output: Option<u64>,
    thinking: Option<ThinkingWord>,
    efforts: Option<Vec<Effort>>,
    vision: Option<bool>,
    credits: Option<Triple>,
    usd: Option<Triple>,
    served_by: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ThinkingWord {
    Toggle,
    Always,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Triple {
    input: f64,
    cached: f64,
    output: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanTable {
    name: String,
    five_hour: f64,
    week: f64,
}

impl Catalogue {
    /// The catalogue that this version was built with.
    #[must_use]
    pub fn builtin() -> Self {
        let mut catalogue = Self::default();
        // A fault would leave models unknown, which is a normal state; a test says that there is none.
        let _ = catalogue.merge("models.toml", BUILTIN);
        catalogue
    }

    /// Lays the tables `models`, `peak` and `plans` of a TOML text over the catalogue, field by field.
    /// `file` is the name that problems carry.
    pub fn merge(&mut self, file: &str, text: &str) -> Vec<Problem> {
        match document::parse(file, text) {
            Ok((table, places)) => self.merge_table(&table, &places),
            Err(fault) => vec![fault],
        }
    }

    pub(super) fn merge_table(&mut self, table: &DeTable<'_>, places: &Places) -> Vec<Problem> {
        let mut problems = Vec::new();
        if let Some(date) = table.get("dated").and_then(|date| date.get_ref().as_str()) {
            date.clone_into(&mut self.dated);
        }
        for item in items(table, "models", places, &mut problems) {
            match read::<ModelTable>(item, places) {
                Ok(model) => self.merge_model(model, places, item, &mut problems),
                Err(fault) => problems.push(fault),
            }
        }
        for item in items(table, "plans", places, &mut problems) {
            match read::<PlanTable>(item, places) {
                Ok(plan) => self.merge_plan(&plan),
                Err(fault) => problems.push(fault),
            }
        }
        if let Some(item) = table.get("peak") {
            match read::<PeakRule>(item, places) {
                Ok(rule) if is_sane(&rule) => self.peak = Some(rule),
                Ok(_) => problems.push(
                    problem(format!("{}: peak: the hours make no sense; the built-in rule stays", places.line(&item.span())))
                        .hint("weekdays 1–7, from_hour 0–23, to_hour 1–24 and later, utc_offset_hours -12–14, off_peak_factor above 0"),
                ),
                Err(fault) => problems.push(fault),
            }
        }
        problems
    }

    fn merge_model(
        &mut self,
        table: ModelTable,
        places: &Places,
        item: &Spanned<DeValue<'_>>,
        problems: &mut Vec<Problem>,
    ) {
        if table.id.trim().is_empty() || [table.credits, table.usd].into_iter().flatten().any(|t| !t.is_sane()) {
            let id = quoted(&table.id);
            problems.push(
                problem(format!(
                    "{}: models: {id}: empty id or impossible price; it is ignored",
                    places.line(&item.span())
                ))
                .hint("prices are from 0 upward"),
            );
            return;
        }
        let id = ModelId::from(table.id.as_str());
        let index = self.models.iter().position(|model| model.id == id).unwrap_or_else(|| {
            self.models.push(ModelSpec::unknown(id));
            self.models.len() - 1
        });
        if let Some(model) = self.models.get_mut(index) {
            table.lay_over(model);
        }
    }

    fn merge_plan(&mut self, table: &PlanTable) {
        let plan = Allowance { name: table.name.to_lowercase(), five_hour: table.five_hour, week: table.week };
        self.plans.retain(|known| known.name != plan.name);
        self.plans.push(plan);
    }
}

impl ModelTable {
    fn lay_over(self, model: &mut ModelSpec) {
        model.context = self.context.or(model.context);
        model.max_output = self.max_output.or(model.max_output);
        model.thinking = match self.thinking {
            Some(ThinkingWord::Toggle) => ThinkingControl::Toggle,
            Some(ThinkingWord::Always) => ThinkingControl::Always,
            None => model.thinking,
        };
        if let Some(efforts) = self.efforts {
            model.efforts = efforts;
        }
        model.vision = self.vision.unwrap_or(model.vision);
        if let Some(Triple { input, cached, output }) = self.credits {
            model.factors = Some(Factors { input, cached, output });
        }
        if let Some(Triple { input, cached, output }) = self.usd {
            model.price = Some(MoneyPrice { input, cached, output });
        }
        if let Some(served_by) = self.served_by {
            // An empty text takes an alias back.
            model.served_by = (!served_by.is_empty()).then(|| ModelId::from(served_by));
        }
    }
}

impl Triple {
    fn is_sane(self) -> bool {
        [self.input, self.cached, self.output].into_iter().all(|n| (0.0..=MAX_FACTOR).contains(&n))
    }
}

fn is_sane(rule: &PeakRule) -> bool {
    rule.weekdays.iter().all(|day| (1..=7).contains(day))
        && (0..=23).contains(&rule.from_hour)
        && rule.to_hour <= 24
        && rule.from_hour < rule.to_hour
        && (-12..=14).contains(&rule.utc_offset_hours)
        && rule.off_peak_factor > 0.0
        && rule.off_peak_factor <= 10.0
}

fn items<'a, 't>(
    table: &'a DeTable<'t>,
    name: &str,
    places: &Places,
    problems: &mut Vec<Problem>,
) -> Vec<&'a Spanned<DeValue<'t>>> {
    let Some(item) = table.get(name) else { return Vec::new() };
    if let DeValue::Array(items) = item.get_ref() {
        return items.iter().collect();
    }
    problems.push(problem(format!("{}: expected [[{name}]]", places.line(&item.span()))));
    Vec::new()
}

fn read<'de, T: Deserialize<'de>>(item: &Spanned<DeValue<'de>>, places: &Places) -> Result<T, Problem> {
    T::deserialize(ValueDeserializer::from(item.clone())).map_err(|fault| {
        let span = fault.span().unwrap_or_else(|| item.span());
        problem(format!("{}: {}; it is ignored", places.line(&span), cleaned(fault.message())))
            .hint("assets/models.toml shows the form")
    })
}
