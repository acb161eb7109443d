namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>What an attempt of a dead owner's makes counts only if the table had it when it gave the record away.</summary>
internal static class TakeoverChecks
{
    /// <summary>A shard is told something.</summary>
    public static void Told(Dictionary<ObjectId, SimTakeover> takeovers, Batch batch)
    {
        if (takeovers.Count == 0)
        {
            return;
        }

        foreach (Message message in batch.Messages)
        {
            foreach (ObjectReport report in message switch { PublishMessage publish => publish.Objects, ObjectMessage one => [one.Report], _ => [] })
            {
                if (report.Ref.Owner == batch.From.Node && takeovers.TryGetValue(report.Ref.Id, out SimTakeover? takeover))
                {
                    takeover.Counted.Add(report.Version);
                }
            }
        }
    }

    /// <summary>A shard says something.</summary>
    public static void Tells(Dictionary<ObjectId, SimTakeover> takeovers, Batch batch)
    {
        foreach (Message message in batch.Messages)
        {
            if (message is AdoptMessage adopt)
            {
                foreach (ObjectReport report in adopt.Objects)
                {
                    SimTakeover takeover = new() { FirstAttempt = adopt.FirstAttempt };
                    if (report.Status is ObjectStatus.Remote or ObjectStatus.Available)
                    {
                        takeover.Counted.Add(report.Version);
                    }

                    takeovers[report.Ref.Id] = takeover;
                }
            }
            else if (message is StateMessage { Report: { Status: ObjectStatus.Remote } told } && takeovers.TryGetValue(told.Ref.Id, out SimTakeover? known)
                && told.Version < known.FirstAttempt && !known.Counted.Contains(told.Version))
            {
                throw new ViolationException(
                    $"{batch.From} says that attempt {told.Version} of {told.Ref.Id} is there, which it did not know when it gave the record away, from attempt {known.FirstAttempt} on");
            }
        }
    }
}
