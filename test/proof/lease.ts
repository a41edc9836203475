/** The lease of a stage's lab, whose function is asked as its rule asks it. */
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import type { Stage } from './stage';

const EVENT = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };

export class Lease {
  private constructor(
    private readonly stage: Stage,
    /** Of its function. */
    readonly name: string,
  ) {}

  static async of(stage: Stage): Promise<Lease> {
    return new Lease(stage, await stage.physical('AWS::Lambda::Function', 'Lease'));
  }

  /** Lets it be over: the hours are the deployed ones, in the function's own settings. */
  async end(): Promise<void> {
    const { lambda } = this.stage.target.clients;
    const about = { FunctionName: this.name };
    const { Environment } = await lambda.send(new GetFunctionConfigurationCommand(about));
    const Variables = { ...Environment?.Variables, MLA_LABS_LEASE_HOURS: '0.000001' };
    await lambda.send(new UpdateFunctionConfigurationCommand({ ...about, Environment: { Variables } }));
  }

  /** Runs the function. @returns its error, if it ended with one, and what it said */
  async run(): Promise<{ readonly error?: string; readonly said: string }> {
    const Payload = Buffer.from(JSON.stringify(EVENT));
    const answer = await this.stage.target.clients.lambda.send(new InvokeCommand({ FunctionName: this.name, Payload }));
    return { error: answer.FunctionError, said: Buffer.from(answer.Payload ?? []).toString() };
  }

  /** Runs the function, which must come to its end. @returns what it did */
  async act(): Promise<{ did?: string; why?: string }> {
    const { error, said } = await this.run();
    expect([error, error && said]).toEqual([undefined, undefined]);
    return JSON.parse(said) as { did?: string; why?: string };
  }

  /** Runs the function, whatever becomes of it. @returns whether it came to its end */
  async cameToItsEnd(): Promise<boolean> {
    try {
      return (await this.run()).error === undefined;
    } catch {
      return false; // It deleted its own stack, itself included.
    }
  }
}
