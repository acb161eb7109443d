namespace RayOrleans.Runtime.Cluster.Keys;

/// <summary>The names of a cluster's actors. Thread-safe.</summary>
internal sealed class ActorNames(KeyClient client)
{
    /// <summary>The shard that keeps a name.</summary>
    public int ShardOf(string @namespace, string name) => client.ShardOf(@namespace, name);

    /// <summary>Gives a name to an actor.</summary>
    /// <param name="name">The name, the actor, and what others must know to make a handle.</param>
    /// <param name="replaces">An actor known to be dead whose name may be taken over; none: the name must be free, or the actor's own.</param>
    /// <param name="cancellationToken">Ends the wait; the name may have been given.</param>
    /// <returns>Who has the name now: the actor, or whoever had it already.</returns>
    public async ValueTask<ActorName> ClaimAsync(ActorName name, ActorId replaces, CancellationToken cancellationToken)
    {
        KeyOperation operation = new(KeyOperationKind.Claim, name.Namespace, name.Name)
        {
            Id = client.NextId(),
            Actor = name.Actor,
            Replaces = replaces,
            Value = name.Description,
        };
        return KeyWire.DecodeNames(await client.SendAsync(operation, cancellationToken).ConfigureAwait(false), out _)[0];
    }

    /// <summary>Takes a name back. False: the actor does not have it.</summary>
    public async ValueTask<bool> ReleaseAsync(string @namespace, string name, ActorId actor, CancellationToken cancellationToken)
    {
        KeyOperation operation = new(KeyOperationKind.Release, @namespace, name) { Id = client.NextId(), Actor = actor };
        return KeyWire.DecodeFlag(await client.SendAsync(operation, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Who has a name; null: nobody.</summary>
    public async ValueTask<ActorName?> FindAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        KeyOperation operation = new(KeyOperationKind.Find, @namespace, name);
        return KeyWire.DecodeNames(await client.SendAsync(operation, cancellationToken).ConfigureAwait(false), out _).FirstOrDefault();
    }

    /// <summary>The names of a namespace; of all, when it is empty. In ordinal order.</summary>
    public async ValueTask<IReadOnlyList<ActorName>> ListAsync(string @namespace, CancellationToken cancellationToken)
    {
        List<ActorName>[] shards = await Task.WhenAll(Enumerable.Range(0, client.ShardCount).Select(s => ListAsync(s, @namespace, cancellationToken))).ConfigureAwait(false);
        List<ActorName> all = [.. shards.SelectMany(s => s)];
        all.Sort((a, b) => NameOrder.Instance.Compare((a.Namespace, a.Name), (b.Namespace, b.Name)));
        return all;
    }

    private async Task<List<ActorName>> ListAsync(int shard, string @namespace, CancellationToken cancellationToken)
    {
        List<ActorName> all = [];
        bool isMore = true;
        while (isMore)
        {
            KeyOperation operation = new(KeyOperationKind.Names, @namespace, "")
            {
                After = all.Count == 0 ? null : all[^1].Name,
                AfterNamespace = all.Count == 0 ? null : all[^1].Namespace,
            };
            all.AddRange(KeyWire.DecodeNames(await client.SendAsync(shard, operation, cancellationToken).ConfigureAwait(false), out isMore));
        }

        return all;
    }
}
