//! Typed settings, the model catalogue, the files and folders, the key and where it may go.
//!
//! Built once and validated; nobody changes a [`Config`] afterwards. Reading the files and the
//! environment is the only I/O. Knows nothing of HTTP and nothing of the screen.

mod build;
mod catalogue;
mod catalogue_file;
mod credentials;
mod document;
mod edit;
mod endpoint;
mod environment;
pub mod fault;
pub mod files;
mod key;
mod key_search;
mod layer;
mod load;
mod memory;
mod paths;
mod permissions;
mod print;
mod resolve;
mod schema;
mod settings;
pub mod shared;
mod theme_file;
mod url;
mod value;

pub use catalogue::{Allowance, Catalogue, ModelSpec, ThinkingControl};
pub use credentials::Credentials;
pub use edit::{add_rules, clear_setting, save_setting};
pub use endpoint::{Endpoint, Preset, Region, Secret};
pub use environment::{Environment, PlatformFolders};
pub use key::{FoundKey, clean_key};
pub use key_search::{CUSTOM_KEY_VARIABLE, KEY_VARIABLES, KeySearch, find_key};
pub use layer::{Effective, Layer, Setting};
pub use load::{Flags, Loaded, load};
pub use memory::Memory;
pub use paths::Paths;
pub use permissions::split_rules;
pub use print::print;
pub use resolve::{QuotaAddress, Wanted};
pub use schema::{FREE_TABLES, KNOWN, Known};
pub use settings::{
    Composer, Config, Gauge, GaugeShow, Glyphs, Limits, Motion, MouseMode, Permissions, ReasoningPane, SandboxWish,
    Sessions, ThemeName, Ui,
};
pub use theme_file::{Paint, Role, RoleStyle, ThemeFile};
pub use value::{Kind, Value};
