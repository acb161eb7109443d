using System.CommandLine;
using RayOrleans.Silo.Jobs;

namespace RayOrleans.Silo.CommandLine;

/// <summary>The command <c>jobs</c>: the programs that were submitted.</summary>
internal static class JobsCommand
{
    /// <summary>The option that names the cluster.</summary>
    public static Option<string?> Address() => new("--address")
    {
        Description = $"Any node of the cluster: ray://host:port, client://host:port, or local:port. Default: {RayOptions.AddressVariable} of the environment, else the newest node of this machine.",
    };

    /// <summary>The command with its commands.</summary>
    public static Command Create()
    {
        Command command = new("jobs", "The programs that were submitted to the cluster.");
        Option<string?> address = Address();

        Command list = new("list", "All of them, the latest first.") { address };
        list.SetAction((parsed, ct) => JobRuns.ListAsync(parsed.GetValue(address), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, ct));
        command.Subcommands.Add(list);

        Argument<string> id = new("id") { Description = "The job's id." };
        command.Subcommands.Add(Of("status", "How one is.", id, address, static (client, job, _, output, ct) => JobRuns.StatusAsync(client, job, output, ct)));
        command.Subcommands.Add(Of("stop", "Stops one, and waits until it has ended.", id, address, static (client, job, _, output, ct) => JobRuns.StopAsync(client, job, output, ct)));
        command.Subcommands.Add(Of("delete", "Forgets one and its output; one that runs is stopped.", id, address, static (client, job, _, output, ct) => JobRuns.DeleteAsync(client, job, output, ct)));

        Option<bool> follow = new("--follow") { Description = "Until it ends; the exit code is then the program's." };
        Command logs = Of("logs", "What one has written.", id, address, static (client, job, follows, _, ct) => JobRuns.LogsAsync(client, job, follows, ct), follow);
        command.Subcommands.Add(logs);
        return command;
    }

    private static Command Of(
        string name, string description, Argument<string> id, Option<string?> address, Func<JobClient, string, bool, TextWriter, CancellationToken, Task<int>> run, Option<bool>? flag = null)
    {
        Command command = new(name, description) { id, address };
        if (flag is not null)
        {
            command.Options.Add(flag);
        }

        command.SetAction((parsed, ct) => JobRuns.WithClientAsync(
            parsed.GetValue(address),
            parsed.InvocationConfiguration.Error,
            client => run(client, parsed.GetRequiredValue(id), flag is not null && parsed.GetValue(flag), parsed.InvocationConfiguration.Output, ct),
            ct));
        return command;
    }
}
