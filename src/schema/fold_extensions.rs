//! Every extension becomes a part of the type that it extends. For the printed schema: clients have no use for where an
//! author wrote a thing, and some of them do not read extensions (relay-compiler ends with a panic at `extend input`).

use apollo_compiler::Schema;
use apollo_compiler::collections::IndexSet;
use apollo_compiler::schema::{Component, ComponentName, ComponentOrigin, DirectiveList, ExtendedType};

/// Leaves no extension but those of the language's own scalars, whose definitions are not printed.
pub(super) fn fold_extensions(schema: &mut Schema) {
    let definition = schema.schema_definition.make_mut();
    fold_directives(&mut definition.directives);
    let roots = [&mut definition.query, &mut definition.mutation, &mut definition.subscription];
    for root in roots.into_iter().flatten() {
        root.origin = ComponentOrigin::Definition;
    }
    for type_ in schema.types.values_mut().filter(|type_| !type_.is_built_in()) {
        fold_type(type_);
    }
}

fn fold_type(type_: &mut ExtendedType) {
    match type_ {
        ExtendedType::Scalar(scalar) => fold_directives(&mut scalar.make_mut().directives),
        ExtendedType::Object(object) => {
            let object = object.make_mut();
            fold_names(&mut object.implements_interfaces);
            fold_directives(&mut object.directives);
            fold(object.fields.values_mut());
        }
        ExtendedType::Interface(interface) => {
            let interface = interface.make_mut();
            fold_names(&mut interface.implements_interfaces);
            fold_directives(&mut interface.directives);
            fold(interface.fields.values_mut());
        }
        ExtendedType::Union(union) => {
            let union = union.make_mut();
            fold_directives(&mut union.directives);
            fold_names(&mut union.members);
        }
        ExtendedType::Enum(definition) => {
            let definition = definition.make_mut();
            fold_directives(&mut definition.directives);
            fold(definition.values.values_mut());
        }
        ExtendedType::InputObject(input) => {
            let input = input.make_mut();
            fold_directives(&mut input.directives);
            fold(input.fields.values_mut());
        }
    }
}

fn fold_directives(directives: &mut DirectiveList) {
    fold(directives.0.iter_mut());
}

fn fold<'a, T: 'a>(components: impl Iterator<Item = &'a mut Component<T>>) {
    for component in components {
        component.origin = ComponentOrigin::Definition;
    }
}

fn fold_names(names: &mut IndexSet<ComponentName>) {
    *names = names.drain(..).map(|name| ComponentName::from(name.name)).collect();
}
