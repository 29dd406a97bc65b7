// For the type checker, so that it does not read the vendored elements.
export {};
