// Ink asks for React's developer tools only in development; the bundle leaves them out.
export default { initialize() {}, connectToDevTools() {} };
