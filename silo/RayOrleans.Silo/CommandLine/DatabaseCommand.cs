using System.CommandLine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using RayOrleans.Grains;

namespace RayOrleans.Silo.CommandLine;

/// <summary>The command <c>database</c>: the PostgreSQL database that clusters keep their membership in.</summary>
internal static class DatabaseCommand
{
    private const int FailedExitCode = 1;

    /// <summary>The command with its own commands.</summary>
    public static Command Create()
    {
        Command apply = new("apply", "Brings the schema up to date. The database is RayOrleans__Cluster__ConnectionString (environment) or RayOrleans:Cluster:ConnectionString (appsettings.json).");
        apply.SetAction((parsed, cancellationToken) => ApplyAsync(parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancellationToken));
        return new Command("database", "The PostgreSQL database of clusters that are started with --provider AdoNet.") { apply };
    }

    private static async Task<int> ApplyAsync(TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        RayClusterOptions options = new();
        Host.CreateApplicationBuilder().Configuration.GetSection(RayClusterOptions.ConfigurationSection).Bind(options);
        if (options.ConnectionString is null)
        {
            await error.WriteLineAsync($"No database is named: set {ClusterDatabase.Variable} in the environment, or {RayClusterOptions.ConfigurationSection}:{nameof(options.ConnectionString)} in appsettings.json.").ConfigureAwait(false);
            return FailedExitCode;
        }

        try
        {
            await using ClusterDatabase database = new(options.ConnectionString);
            IReadOnlyList<string> applied = await database.ApplyAsync(cancellationToken).ConfigureAwait(false);
            foreach (string script in applied)
            {
                await output.WriteLineAsync($"Applied {script}.").ConfigureAwait(false);
            }

            await output.WriteLineAsync($"The schema is up to date: {string.Join(", ", ClusterDatabase.Scripts)}.").ConfigureAwait(false);
            return 0;
        }
        catch (Exception e) when (e is ClusterDatabaseException or ArgumentException)
        {
            await error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return FailedExitCode;
        }
    }
}
