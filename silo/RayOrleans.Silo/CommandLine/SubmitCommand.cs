using System.CommandLine;
using RayOrleans.Silo.Jobs;

namespace RayOrleans.Silo.CommandLine;

/// <summary>The command <c>submit</c>: a program as a driver inside the cluster.</summary>
internal static class SubmitCommand
{
    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        Argument<string> program = new("program") { Description = "The folder that 'dotnet publish' or 'dotnet build' made, or the program in it: NAME.dll, or an executable." };
        Argument<string[]> arguments = new("arguments") { Description = "The program's arguments, after --.", Arity = ArgumentArity.ZeroOrMore };
        Option<string?> address = JobsCommand.Address();
        Option<string?> id = new("--id") { Description = "The job's id, letters, digits, '-', '_' and '.'; default: a new one." };
        Option<bool> noWait = new("--no-wait") { Description = "Return when the program runs, not when it has ended." };
        Option<string[]> environment = new("--env") { Description = "An environment variable of the program, NAME=VALUE. May be given several times." };
        PairOption.Check(environment, static _ => true, "a value, as in --env LEVEL=2");
        id.Validators.Add(static result =>
        {
            if (result.Tokens is [var token] && !JobRuns.IsId(token.Value))
            {
                result.AddError($"--id {token.Value}: an id is 1 to 64 letters, digits, '-', '_' and '.', and does not begin with '.'.");
            }
        });

        Command command = new("submit", "Runs a program as a driver inside the cluster: sends it there, shows what it writes and returns its exit code. Ctrl-C leaves it running.")
        {
            program, arguments, address, id, noWait, environment,
        };
        command.SetAction((parsed, cancellationToken) => JobRuns.SubmitAsync(
            new SubmitSettings
            {
                Program = parsed.GetRequiredValue(program),
                Arguments = parsed.GetValue(arguments) ?? [],
                Address = parsed.GetValue(address),
                Id = parsed.GetValue(id),
                Waits = !parsed.GetValue(noWait),
                Environment = PairOption.Texts(parsed.GetValue(environment) ?? []),
            },
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error,
            cancellationToken));
        return command;
    }
}
