namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>Who takes a record over is given what makes it again, if the table was told that and has not forgotten the record since.</summary>
internal sealed class SpecChecks(SimShard shard)
{
    private readonly Dictionary<TaskId, ObjectId> _told = [];
    private readonly Dictionary<Party, long> _last = [];

    /// <summary>The shard has applied a batch.</summary>
    public void Told(Batch batch)
    {
        if (batch.Number <= _last.GetValueOrDefault(batch.From))
        {
            // It was applied before, and others have been since.
            return;
        }

        _last[batch.From] = batch.Number;
        foreach (PublishMessage publish in batch.Messages.OfType<PublishMessage>())
        {
            if (publish.Spec is null)
            {
                _told.Remove(publish.Task);
            }
            else
            {
                _told[publish.Task] = publish.Objects[0].Ref.Id;
            }
        }
    }

    /// <summary>A step of the shard has ended: what it has forgotten need not be known any more.</summary>
    public void Settled()
    {
        foreach ((TaskId task, _) in _told.Where(t => shard.Machine.Lookup([t.Value]).Count == 0).ToList())
        {
            _told.Remove(task);
        }
    }

    /// <summary>The shard says something.</summary>
    public void Tells(Batch batch)
    {
        if (batch.Messages.OfType<AdoptMessage>().FirstOrDefault(a => a.Spec is null && _told.ContainsKey(a.Task)) is { } adopt)
        {
            throw new ViolationException($"{batch.From} gives {adopt.Task} away without what makes it again, which it was told");
        }
    }
}
