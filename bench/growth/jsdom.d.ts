/** What is used of `jsdom`, whose own types would bring those of browsers into the whole project. */
declare module "jsdom" {
  /** A page. */
  export class JSDOM {
    constructor(html: string);
    readonly window: { readonly document: Document };
  }
}
