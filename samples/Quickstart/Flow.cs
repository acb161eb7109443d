namespace Quickstart;

/// <summary>Tells the steps that two nodes took for one task, in the words of figure 7 of the paper.</summary>
public sealed class Flow(NodeId first, string function, TaskId task, ObjectId a, ObjectId c)
{
    /// <summary>The steps of a node that have to do with the task, in the order in which it took them.</summary>
    public IReadOnlyList<FlowEvent> Of(IEnumerable<FlowEvent> events) =>
        [.. events.Where(e => e.TaskId == task || e.TaskId == a.Task).Where(e => e.Step != FlowStep.Submitted || e.TaskId == task)];

    /// <summary>Whether the steps contain these, in this order.</summary>
    public static bool Has(IEnumerable<FlowEvent> events, params FlowStep[] steps)
    {
        int next = 0;
        foreach (FlowEvent step in events)
        {
            if (next < steps.Length && step.Step == steps[next])
            {
                next++;
            }
        }

        return next == steps.Length;
    }

    /// <summary>A step in words.</summary>
    public string Text(FlowEvent step)
    {
        string here = Name(step.NodeId);
        string there = Name(step.Peer);
        string what = step.ObjectId == c ? "c" : step.ObjectId == a ? "a" : "an object";
        return step.Step switch
        {
            FlowStep.Submitted => $"{here}  the driver submits {function}(a, b) to its local scheduler",
            FlowStep.Forwarded => $"{here}  the local scheduler asks a global scheduler: b is large and elsewhere",
            FlowStep.Placed => $"{here}  the global scheduler, which read the object table, chooses {there}",
            FlowStep.Received => $"{here}  the local scheduler takes {function}(a, b) from {there}",
            FlowStep.LookedUp => $"{here}  {what} is not in the object store: the object table is asked",
            FlowStep.Located => $"{here}  the object table says: {what} is at {there} ({step.Bytes:N0} bytes)",
            FlowStep.Copied => $"{here}  {what} is copied from the object store of {there}",
            FlowStep.Executed => $"{here}  a worker executes {function}, its arguments in the local store",
            FlowStep.Stored => $"{here}  {what} is in the object store, its location in the object table ({step.Bytes:N0} bytes)",
            FlowStep.Completed => $"{here}  {function} has finished at {there}; its owner accepts the result",
            FlowStep.Waited => $"{here}  Get: {what} is not in the object store, the object table will tell",
            FlowStep.Got => $"{here}  Get returns {what}",
            _ => $"{here}  {step.Step}",
        };
    }

    private string Name(NodeId node) => node == first ? "N1" : "N2";
}
