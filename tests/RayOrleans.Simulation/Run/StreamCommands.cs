namespace RayOrleans.Core.Simulation;

/// <summary>Commands about streams.</summary>
internal sealed class StreamCommands(World world)
{
    /// <summary>Whether the producer should go on.</summary>
    public bool Yield(Body body, SimObject[] contained)
    {
        SimTask task = body.Task!;
        int index = body.Yielded++;
        bool counts = !body.Abandoned && task.Ended is null && !task.StreamAbandoned;
        bool isNew = counts && index == task.Items.Count;
        SimObject item = isNew ? world.Track(new SimObject(world.NextNumber()) { IsItem = true, StreamUses = 1 }) : task;
        SimValue value = world.MakeValue(item, contained, body);
        world.Note(SimEvent.Yield, task.Number, index, value.Number);
        world.Observer.Begin(Cause.Yield, null);
        bool goOn = world.Engine.Yield(body.Attempt!, index, value, 3, Commands.Entries(contained));
        if (goOn != counts)
        {
            throw new ViolationException($"item {index} of stream {task.Number} was {(goOn ? "accepted" : "refused")}");
        }

        if (isNew)
        {
            world.Observer.Accept(item, value);
            task.Items.Add(item);
        }

        world.Observer.After();
        if (!isNew && !value.Discarded)
        {
            throw new ViolationException($"item {index} of stream {task.Number} was not taken and its value {value.Number} not discarded");
        }

        world.Coverage.Hit(isNew ? "yield" : counts ? "repeated yield" : "refused yield");
        return goOn;
    }

    public SimRef? Take(SimTask stream)
    {
        ObjectEntry? entry = world.Engine.TakeItem(stream.Record);
        world.Observer.Begin(Cause.None, null);
        if (entry is null)
        {
            world.Observer.After();
            if (stream.ItemsTaken < stream.Items.Count)
            {
                throw new ViolationException($"stream {stream.Number} gives {stream.ItemsTaken} of its {stream.Items.Count} items");
            }

            return null;
        }

        SimObject item = stream.Items[stream.ItemsTaken++];
        world.Note(SimEvent.TakeItem, stream.Number, item.Number);
        item.Entry = entry;
        item.Holds++;
        item.StreamUses--;
        world.Observer.After();
        if (!ReferenceEquals(entry.Value, item.Value))
        {
            throw new ViolationException($"stream {stream.Number} gives something else than its item {stream.ItemsTaken - 1}");
        }

        return new SimRef(item, BySubmitter: false);
    }

    public void Abandon(SimTask stream)
    {
        world.Note(SimEvent.AbandonStream, stream.Number);
        bool open = stream.Ended is null;
        stream.StreamAbandoned = true;
        for (int i = stream.ItemsTaken; i < stream.Items.Count; i++)
        {
            stream.Items[i].StreamUses--;
        }

        stream.ItemsTaken = stream.Items.Count;
        world.Observer.Begin(Cause.AbandonStream, stream);
        world.Engine.AbandonStream(stream.Record);
        world.Observer.After();
        if (open && stream.Ended is null)
        {
            throw new ViolationException($"stream {stream.Number} was abandoned and its producer goes on");
        }
    }
}
