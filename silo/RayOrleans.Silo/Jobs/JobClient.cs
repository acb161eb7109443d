using System.Text.Json;

namespace RayOrleans.Silo.Jobs;

/// <summary>Submitted programs, from outside of the cluster: a driver of it that submits, lists, reads, stops and forgets them.</summary>
internal sealed class JobClient : IAsyncDisposable
{
    /// <summary>Nodes that run submitted programs have this label; those that <c>start</c> started.</summary>
    public const string Label = "rayorleans.jobs";

    private const int MostCalls = 64;

    private readonly IRay _ray;

    private JobClient(IRay ray) => _ray = ray;

    /// <summary>Connects.</summary>
    /// <param name="address">A node's <c>ray://</c>, <c>client://</c> or <c>local:</c> address; null: what the environment says, else the newest node of this machine.</param>
    public static async Task<JobClient> ConnectAsync(string? address, CancellationToken ct)
    {
        string where = address ?? Environment.GetEnvironmentVariable(RayOptions.AddressVariable) ?? "local";

        // No node of its own is needed for this.
        where = where.StartsWith("ray://", StringComparison.Ordinal) ? "client://" + where["ray://".Length..] : where;
        return new JobClient(await Ray.InitAsync(where, static o => o.Namespace = SubmittedJob.ActorNamespace, ct).ConfigureAwait(false));
    }

    /// <summary>Submits a program; returns when it runs.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="package">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Its environment variables, besides the node's.</param>
    /// <param name="ct">Ends the waiting: the job is taken back.</param>
    /// <exception cref="JobRequestException">There is a job with this id.</exception>
    public async Task<SubmittedJob> SubmitAsync(string id, ProgramPackage package, IReadOnlyList<string> arguments, Dictionary<string, string> environment, CancellationToken ct)
    {
        SubmittedJob job = new() { Id = id, Program = package.Program, Arguments = arguments, SubmittedAt = DateTimeOffset.UtcNow };
        if (await _ray.Kv.TryPutAsync(job.Key, job.ToJson(), 0, ct).ConfigureAwait(false) is null)
        {
            throw new JobRequestException($"There is a job {id} in this cluster already. Choose another --id, or forget that one: jobs delete {id}");
        }

        try
        {
            using ObjectRef<ReadOnlyMemory<byte>> archive = _ray.Put<ReadOnlyMemory<byte>>(package.Archive);
            ActorHandle<JobSupervisor> supervisor = _ray
                .Options(
                    numCpus: 0,
                    name: id,
                    @namespace: SubmittedJob.ActorNamespace,
                    lifetime: ActorLifetime.Detached,
                    maxConcurrency: MostCalls,
                    labelSelector: new() { [Label] = "true" },
                    isolation: Isolation.InSilo)
                .Actor(static (j, e, a) => new JobSupervisor(j, e, a), job.ToJson(), environment, archive);
            return SubmittedJob.FromJson(await supervisor.Remote(static s => s.StartAsync()).AsTask().WaitAsync(ct).ConfigureAwait(false));
        }
        catch
        {
            await DeleteAsync(id).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>All submitted programs, the latest first.</summary>
    public async Task<IReadOnlyList<SubmittedJob>> ListAsync(CancellationToken ct)
    {
        IReadOnlyList<KeyValueEntry> entries = await _ray.Kv.ListAsync(SubmittedJob.KeyPrefix, ct).ConfigureAwait(false);
        List<SubmittedJob> jobs = [];
        foreach (KeyValueEntry entry in entries)
        {
            jobs.Add(await LookAsync(entry, ct).ConfigureAwait(false));
        }

        return [.. jobs.OrderByDescending(static j => j.SubmittedAt)];
    }

    /// <summary>One of them.</summary>
    /// <exception cref="JobRequestException">There is none with this id.</exception>
    public async Task<SubmittedJob> GetAsync(string id, CancellationToken ct) =>
        await _ray.Kv.GetAsync(SubmittedJob.KeyPrefix + id, ct).ConfigureAwait(false) is { } entry
            ? await LookAsync(entry, ct).ConfigureAwait(false)
            : throw new JobRequestException($"There is no job {id} in this cluster. What there is: jobs list");

    /// <summary>Copies what a program writes to two streams.</summary>
    /// <param name="id">The job.</param>
    /// <param name="follow">Until the program ends; else what there is now.</param>
    /// <param name="output">For its standard output.</param>
    /// <param name="errors">For its standard error.</param>
    /// <param name="ct">Ends it.</param>
    /// <returns>How the job is after the last byte.</returns>
    public async Task<SubmittedJob> CopyOutputAsync(string id, bool follow, Stream output, Stream errors, CancellationToken ct)
    {
        SubmittedJob known = await GetAsync(id, ct).ConfigureAwait(false);
        if (Supervisor(id) is not { } supervisor)
        {
            throw new JobRequestException($"The output of job {id} is gone with its node: {known.Message ?? "it has ended"}.");
        }

        (long outputAt, long errorsAt) = (0, 0);
        while (true)
        {
            JobOutput next;
            try
            {
                next = await supervisor.Remote(static (s, o, e) => s.ReadAsync(o, e), outputAt, errorsAt).AsTask().WaitAsync(ct).ConfigureAwait(false);
            }
            catch (Exception e) when (e is ActorDiedException or NodeDiedException)
            {
                // Its node is gone, if we have one to ask.
                return await GetAsync(id, ct).ConfigureAwait(false);
            }

            await output.WriteAsync(next.Output, ct).ConfigureAwait(false);
            await output.FlushAsync(ct).ConfigureAwait(false);
            await errors.WriteAsync(next.Errors, ct).ConfigureAwait(false);
            await errors.FlushAsync(ct).ConfigureAwait(false);
            (outputAt, errorsAt) = (outputAt + next.Output.Length, errorsAt + next.Errors.Length);
            SubmittedJob job = SubmittedJob.FromJson(next.Job);
            if (next.IsEmpty && (!follow || job.HasEnded))
            {
                return job;
            }
        }
    }

    /// <summary>Stops a program, and waits until it has ended.</summary>
    public async Task<SubmittedJob> StopAsync(string id, CancellationToken ct)
    {
        SubmittedJob job = await GetAsync(id, ct).ConfigureAwait(false);
        return job.HasEnded || Supervisor(id) is not { } supervisor
            ? job
            : SubmittedJob.FromJson(await supervisor.Remote(static s => s.StopAsync()).AsTask().WaitAsync(ct).ConfigureAwait(false));
    }

    /// <summary>Forgets a program and its output; one that runs is stopped.</summary>
    /// <returns>Whether there was one.</returns>
    public async Task<bool> DeleteAsync(string id)
    {
        if (Supervisor(id) is { } supervisor)
        {
            _ray.Kill(supervisor);
        }

        return await _ray.Kv.DeleteAsync(SubmittedJob.KeyPrefix + id).ConfigureAwait(false);
    }

    /// <summary>Leaves the cluster.</summary>
    public ValueTask DisposeAsync() => _ray.DisposeAsync();

    private ActorHandle<JobSupervisor>? Supervisor(string id)
    {
        try
        {
            return _ray.GetActor<JobSupervisor>(id, SubmittedJob.ActorNamespace);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>A program that is said to be there, and whose actor is not, has gone with its node.</summary>
    private async Task<SubmittedJob> LookAsync(KeyValueEntry entry, CancellationToken ct)
    {
        SubmittedJob job;
        try
        {
            job = SubmittedJob.FromJson(entry.Value.Span);
        }
        catch (JsonException e)
        {
            throw new JobRequestException($"The key {entry.Key} of the cluster's key-value table does not describe a job: {e.Message}", e);
        }

        // One that is being submitted has no actor yet.
        if (job.State != SubmittedJobState.Running || Supervisor(job.Id) is not null)
        {
            return job;
        }

        SubmittedJob lost = job with { State = SubmittedJobState.Failed, EndedAt = DateTimeOffset.UtcNow, Message = $"its node {job.Node} is gone" };
        if (await _ray.Kv.TryPutAsync(entry.Key, lost.ToJson(), entry.Version, ct).ConfigureAwait(false) is not null)
        {
            return lost;
        }

        // It has changed meanwhile.
        return await _ray.Kv.GetAsync(entry.Key, ct).ConfigureAwait(false) is { } now ? SubmittedJob.FromJson(now.Value.Span) : lost;
    }
}
