using System.Globalization;

namespace RayOrleans.Silo.Jobs;

/// <summary>What the commands <c>submit</c> and <c>jobs</c> do.</summary>
internal static class JobRuns
{
    /// <summary>The command could not do what it was asked for.</summary>
    public const int FailedExitCode = 1;

    /// <summary>A program ended and nobody knows how; also that of one whose node is gone.</summary>
    public const int LostExitCode = 125;

    private const int MostIdLetters = 64;

    /// <summary>Whether a text can be a job's id, which is also the name of a folder and of an actor.</summary>
    public static bool IsId(string text) =>
        text.Length is > 0 and <= MostIdLetters && text[0] != '.' && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    /// <summary>Submits a program, and follows it to its end.</summary>
    /// <returns>The program's exit code.</returns>
    public static Task<int> SubmitAsync(SubmitSettings settings, TextWriter output, TextWriter error, CancellationToken ct) =>
        WithClientAsync(
            settings.Address,
            error,
            async client =>
            {
                string id = settings.Id ?? "job-" + Guid.NewGuid().ToString("N")[..12];
                SubmittedJob job = await client.SubmitAsync(id, ProgramPackage.Pack(settings.Program), settings.Arguments, new(settings.Environment), ct).ConfigureAwait(false);
                if (!settings.Waits)
                {
                    await output.WriteLineAsync(id).ConfigureAwait(false);
                    return 0;
                }

                await error.WriteLineAsync($"Job {id} runs on node {job.Node}.").ConfigureAwait(false);
                try
                {
                    return await FollowAsync(client, id, error, ct).ConfigureAwait(false);
                }
                catch (OperationCanceledException) when (ct.IsCancellationRequested)
                {
                    await error.WriteLineAsync($"Job {id} goes on. See: jobs logs {id} --follow, jobs stop {id}").ConfigureAwait(false);
                    throw;
                }
            },
            ct);

    /// <summary>Shows all jobs.</summary>
    public static Task<int> ListAsync(string? address, TextWriter output, TextWriter error, CancellationToken ct) =>
        WithClientAsync(
            address,
            error,
            async client =>
            {
                IReadOnlyList<SubmittedJob> jobs = await client.ListAsync(ct).ConfigureAwait(false);
                int width = Math.Max(2, jobs.Select(static j => j.Id.Length).DefaultIfEmpty().Max());
                await output.WriteLineAsync($"{"id".PadRight(width)}  {"state",-9}  {"exit",4}  {"submitted (UTC)",-19}  program").ConfigureAwait(false);
                foreach (SubmittedJob job in jobs)
                {
                    await output.WriteLineAsync(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{job.Id.PadRight(width)}  {job.State,-9}  {job.ExitCode,4}  {job.SubmittedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss}  {job.Program}{(job.Message is null ? "" : $" ({job.Message})")}")).ConfigureAwait(false);
                }

                return 0;
            },
            ct);

    /// <summary>Shows one job.</summary>
    public static async Task<int> StatusAsync(JobClient client, string id, TextWriter output, CancellationToken ct)
    {
        await ShowAsync(await client.GetAsync(id, ct).ConfigureAwait(false), output).ConfigureAwait(false);
        return 0;
    }

    /// <summary>Shows what a job has written.</summary>
    /// <returns>The program's exit code, where it was followed to its end; else 0.</returns>
    public static async Task<int> LogsAsync(JobClient client, string id, bool follow, CancellationToken ct)
    {
        if (follow)
        {
            return await FollowAsync(client, id, Console.Error, ct).ConfigureAwait(false);
        }

        await CopyAsync(client, id, follow: false, ct).ConfigureAwait(false);
        return 0;
    }

    /// <summary>Stops a job.</summary>
    public static async Task<int> StopAsync(JobClient client, string id, TextWriter output, CancellationToken ct)
    {
        await ShowAsync(await client.StopAsync(id, ct).ConfigureAwait(false), output).ConfigureAwait(false);
        return 0;
    }

    /// <summary>Forgets a job.</summary>
    public static async Task<int> DeleteAsync(JobClient client, string id, TextWriter output, CancellationToken ct)
    {
        await client.GetAsync(id, ct).ConfigureAwait(false);
        await client.DeleteAsync(id).ConfigureAwait(false);
        await output.WriteLineAsync($"Job {id} is forgotten.").ConfigureAwait(false);
        return 0;
    }

    /// <summary>Does something with a cluster's jobs, and says what goes wrong.</summary>
    public static async Task<int> WithClientAsync(string? address, TextWriter error, Func<JobClient, Task<int>> run, CancellationToken ct)
    {
        try
        {
            await using JobClient client = await JobClient.ConnectAsync(address, ct).ConfigureAwait(false);
            return await run(client).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return FailedExitCode;
        }
        catch (Exception e) when (e is JobRequestException or RayException or ArgumentException or IOException)
        {
            await error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return FailedExitCode;
        }
    }

    private static async Task<int> FollowAsync(JobClient client, string id, TextWriter error, CancellationToken ct)
    {
        SubmittedJob job = await CopyAsync(client, id, follow: true, ct).ConfigureAwait(false);
        if (job.Message is { } message)
        {
            await error.WriteLineAsync($"Job {id}: {message}.").ConfigureAwait(false);
        }

        return job.ExitCode ?? LostExitCode;
    }

    private static async Task<SubmittedJob> CopyAsync(JobClient client, string id, bool follow, CancellationToken ct)
    {
        await using Stream output = Console.OpenStandardOutput();
        await using Stream errors = Console.OpenStandardError();
        return await client.CopyOutputAsync(id, follow, output, errors, ct).ConfigureAwait(false);
    }

    private static async Task ShowAsync(SubmittedJob job, TextWriter output)
    {
        List<(string Name, string? Value)> lines =
        [
            ("id", job.Id),
            ("state", job.State.ToString()),
            ("program", string.Join(' ', [job.Program, .. job.Arguments])),
            ("node", job.Node),
            ("exit code", job.ExitCode?.ToString(CultureInfo.InvariantCulture)),
            ("why", job.Message),
            ("submitted", Time(job.SubmittedAt)),
            ("started", Time(job.StartedAt)),
            ("ended", Time(job.EndedAt)),
        ];
        foreach ((string name, string? value) in lines)
        {
            if (!string.IsNullOrEmpty(value))
            {
                await output.WriteLineAsync($"{name,-9} {value}").ConfigureAwait(false);
            }
        }
    }

    private static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
