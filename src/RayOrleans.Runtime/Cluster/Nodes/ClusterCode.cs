using RayOrleans.Core;
using RayOrleans.Runtime.Code;
using RayOrleans.Runtime.Wire;

namespace RayOrleans.Runtime.Cluster.Nodes;

/// <summary>
/// The code of calls that cross nodes: makes this process' program available before the first of its calls leaves, finds the code of those that come,
/// and lets it go with its jobs. Thread-safe.
/// </summary>
internal sealed class ClusterCode(NodeServices node, NodeCode code)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ContentHash, Task> _published = [];

    /// <summary>What is to be done before a batch may leave; null, as nearly always: nothing.</summary>
    public Task? Prepare(Batch batch)
    {
        HashSet<FunctionInfo>? unknown = null;
        foreach (Message message in batch.Messages)
        {
            TaskSpec? spec = message switch
            {
                ExecuteMessage execute => execute.Spec,
                PublishMessage publish => publish.Spec,
                _ => null,
            };
            if (spec is { Payload: Invocation, Function: FunctionInfo { Code: null, Needs: null } function })
            {
                (unknown ??= []).Add(function);
            }
        }

        return unknown is null ? null : Task.Run(() => PublishAsync(unknown));
    }

    /// <summary>The package that the calls of a function need.</summary>
    /// <exception cref="RaySerializationException">They cannot be sent.</exception>
    public static ContentHash PackageOf(FunctionInfo? function)
    {
        if (function?.Code is { } shipped)
        {
            return shipped.Package;
        }

        return function?.Needs switch
        {
            null => ContentHash.None,
            { Refusal: { } why } => throw new RaySerializationException(why),
            { } needs => needs.Package,
        };
    }

    /// <summary>The code of a call that came from another node, loaded now if it is not. May block the thread for a while.</summary>
    /// <exception cref="RayException">It cannot be had.</exception>
    public LoadedCode Acquire(ContentHash package, TaskRecord task)
    {
        JobId user = task is { Kind: Core.TaskKind.ActorCreation, Actor: { Options.IsDetached: true } actor } ? UserOf(actor) : task.Job.Id;
        try
        {
            ValueTask<LoadedCode> loading = code.AcquireAsync(package, user, CancellationToken.None);
            return loading.IsCompletedSuccessfully ? loading.Result : loading.AsTask().GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new RaySerializationException($"{task.Name} cannot run on node {node.NodeId}: {e.Message}", e);
        }
        finally
        {
            if (user == task.Job.Id && task.Job.IsEnded)
            {
                // The job ended while its code was loaded.
                EndJob(user);
            }
        }
    }

    /// <summary>The function table.</summary>
    public ICodeSource Source => code.Source;

    /// <summary>In a driver's process: makes its program available before the first call of a function is written. Blocks until it is.</summary>
    public void Ship(FunctionInfo function)
    {
        if (function is { Code: null, Needs: null })
        {
            Task.Run(() => PublishAsync([function])).GetAwaiter().GetResult();
        }
    }

    /// <summary>In a driver's process: as <see cref="Ship"/>, for the functions of an assembly, ahead of time.</summary>
    public async Task ShipAsync(System.Reflection.Assembly assembly)
    {
        ContentHash package = code.PackageOf(assembly, ContentHash.None);
        if (!package.IsNone)
        {
            await PublishAsync(package).ConfigureAwait(false);
        }
    }

    /// <summary>A job has ended.</summary>
    public void EndJob(JobId job) => _ = CleanAsync(() => code.EndJobAsync(job));

    /// <summary>A worker process that may have loaded code has ended: its files are deleted, unless others use them.</summary>
    public void OnProcessEnded() => _ = CleanAsync(() => Task.Run(() => code.SweepAsync(CancellationToken.None).AsTask()));

    /// <summary>A detached actor outlives its job, and keeps its code until it is dead.</summary>
    public void OnActorChanged(ActorRecord actor)
    {
        if (actor.Options.IsDetached && actor.State == Core.ActorState.Dead)
        {
            EndJob(UserOf(actor));
        }
    }

    /// <summary>A shard has started anew: what it should have of the code that is on this machine is put there again.</summary>
    public void OnShardRestarted(int shard) => _ = RestoreAsync(shard);

    private static JobId UserOf(ActorRecord actor) => new(actor.Id.Creation.High ^ actor.Id.Creation.Low);

    private async Task CleanAsync(Func<Task> clean)
    {
        try
        {
            await clean().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            node.Events.Warn($"The files of code that is not used any more could not be deleted: {e.Message}");
        }
    }

    private async Task RestoreAsync(int shard)
    {
        Task[] publishing;
        lock (_lock)
        {
            publishing = [.. _published.Values];
        }

        try
        {
            // What is being published may have been put there already, and lost.
            await Task.WhenAll(publishing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await code.RestoreAsync(shard, withOwn: publishing.Length > 0, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A node that has stopped leaves it to the others that have the code.
            if (node.Stopped is null)
            {
                node.Events.Warn($"Shard {shard} has started anew and lacks code of this node's, which could not be put there again: {e.Message}");
            }
        }
    }

    private async Task PublishAsync(HashSet<FunctionInfo> functions)
    {
        foreach (FunctionInfo function in functions)
        {
            ContentHash package;
            try
            {
                package = code.PackageOf(function.Method.Module.Assembly, ContentHash.None);
                if (!package.IsNone)
                {
                    await PublishAsync(package).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (e is RaySerializationException or InvalidOperationException or IOException)
            {
                function.Needs = new CallNeeds(ContentHash.None, e.Message);
                continue;
            }

            function.Needs = new CallNeeds(package, null);
        }
    }

    private async Task PublishAsync(ContentHash package)
    {
        Task publishing;
        lock (_lock)
        {
            if (!_published.TryGetValue(package, out publishing!) || publishing.IsFaulted)
            {
                _published[package] = publishing = code.PublishAsync(CancellationToken.None);
            }
        }

        await publishing.ConfigureAwait(false);
    }
}
