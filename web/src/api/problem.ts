/** Problem details of RFC 9457 as the services write them, or that nobody answered. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly errors: Readonly<Record<string, readonly string[]>>,
  ) {
    super(detail || title);
  }

  static unreachable(): ApiProblem {
    return new ApiProblem(0, 'unreachable', '', '', {});
  }

  static from(status: number, body: unknown): ApiProblem {
    const problem = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
    const text = (name: string) => (typeof problem[name] === 'string' ? problem[name] : '');
    const errors = typeof problem.errors === 'object' && problem.errors !== null ? (problem.errors as Record<string, string[]>) : {};
    return new ApiProblem(status, text('code') || `http_${status}`, text('title') || `HTTP ${status}`, text('detail'), errors);
  }

  /** What is wrong with a field, or with what is inside it. */
  field(name: string): string {
    return Object.entries(this.errors)
      .filter(([field]) => field === name || field.startsWith(`${name}.`) || field.startsWith(`${name}[`))
      .map(([field, messages]) => (field === name ? messages.join(' ') : `${field}: ${messages.join(' ')}`))
      .join('\n');
  }
}
