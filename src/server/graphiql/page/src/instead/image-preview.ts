// Instead of GraphiQL's preview of pictures: no address is shown as one.
export const ImagePreview = Object.assign(() => null, { shouldRender: () => false });
