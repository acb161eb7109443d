namespace RayOrleans.Core.Simulation;

/// <summary>
/// Programs that deadlock by themselves are left out: a body uses and waits only for what comes before it in the order in which a
/// sequential run would end its tasks, that is for its descendants and for earlier branches, never for its ancestors or later ones.
/// </summary>
internal static class PostOrder
{
    public static bool MayUse(Body body, SimObject subject)
    {
        if (subject.Maker is not { } maker)
        {
            return true;
        }

        if (maker.Job != body.Job)
        {
            return maker.Job.Number < body.Job.Number;
        }

        if (body.Task is not { } task)
        {
            return true;
        }

        SimTask? left = maker;
        SimTask? right = task;
        int leftDepth = maker.Depth;
        int rightDepth = task.Depth;
        if (leftDepth >= rightDepth && maker.IsDescendantOf(task))
        {
            return maker != task;
        }

        while (leftDepth > rightDepth)
        {
            left = left!.Parent!.Task;
            leftDepth--;
        }

        while (rightDepth > leftDepth)
        {
            right = right!.Parent!.Task;
            rightDepth--;
        }

        if (left == right)
        {
            // An ancestor.
            return false;
        }

        while (left!.Parent?.Task != right!.Parent?.Task)
        {
            left = left.Parent!.Task;
            right = right.Parent!.Task;
        }

        return left.Number < right.Number;
    }
}
