namespace RayOrleans.Core.Simulation;

/// <summary>A driver that submits many tasks at once, each of which submits one task and blocks on it, and so on to a depth.</summary>
internal sealed class NestedProgram(World world, int width, int depth) : IUserProgram
{
    private readonly TaskOptions _options = new();

    /// <summary>How many tasks of the last level ran.</summary>
    public int Leaves { get; private set; }

    public void Step(Body body)
    {
        int level = body.Task?.Depth + 1 ?? 0;
        switch (body.Stage++)
        {
            case 0 when level < depth:
                for (int i = 0; i < (level == 0 ? width : 1); i++)
                {
                    body.Refs.Add(Submit(body));
                }

                break;
            case 0:
                Leaves++;
                break;
            case 1 when body.Refs.Count > 0:
                world.Waits.Get(body, [.. body.Refs.Select(r => r.Subject)]);
                break;
            default:
                End(body);
                break;
        }
    }

    private SimRef Submit(Body body)
    {
        SimTask task = new(world.NextNumber()) { Kind = TaskKind.Normal, Job = body.Job, Parent = body.Task is null ? null : body };
        task.Maker = task;
        TaskRecord record = new(body.Attempt?.NextChildId() ?? body.Job.Record.NextChildId(), body.Job.Record, body.Attempt, _options) { Function = task };
        task.Record = record;
        task.Entry = record;
        world.Track(task);
        world.Tasks.Add(task);
        world.TasksById.Add(record.TaskId, task);
        return world.Commands.Submit(task);
    }

    private void End(Body body)
    {
        if (body.Task is not null)
        {
            world.Ends.Succeed(body, []);
            world.Leave(body);
            return;
        }

        world.Leave(body);
        body.Refs.ForEach(world.Drop);
        body.Refs.Clear();
    }
}
